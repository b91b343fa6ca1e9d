// Which style the map is drawn by.

import type { StyleSpecification, VectorSourceSpecification } from 'maplibre-gl';
import { getPatiently, withQuery } from './api';
import { view } from './view';
import { spoken } from './words';

/** The address of a style, of the plan in force unless another is named. */
export const styleOf = (plan?: string): string => withQuery(`styles/${view.style}.json`, { lang: spoken(), plan });

/** The style of a plan, once the service has the plan's map ready, with what its sources lead to: so the map need not ask. */
export async function styled(plan?: string): Promise<StyleSpecification> {
  const style = await getPatiently<StyleSpecification>(styleOf(plan));
  const sources = Object.entries(style.sources).map(async ([name, source]) => {
    if (source.type !== 'vector' || !source.url) return [name, source] as const;
    const { tiles, minzoom, maxzoom, bounds, attribution } = await getPatiently<Partial<VectorSourceSpecification>>(source.url);
    const { url, ...kept } = source;
    const known = Object.entries({ tiles, minzoom, maxzoom, bounds, attribution }).filter(([, value]) => value !== undefined);
    return [name, { ...kept, ...Object.fromEntries(known) }] as const;
  });
  return { ...style, sources: Object.fromEntries(await Promise.all(sources)) };
}
