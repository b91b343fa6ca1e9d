// Which style the map is drawn by.

import type { StyleSpecification } from 'maplibre-gl';
import { getPatiently, withQuery } from './api';
import { view } from './view';
import { spoken } from './words';

/** The address of a style, of the plan in force unless another is named. */
export const styleOf = (plan?: string): string => withQuery(`styles/${view.style}.json`, { lang: spoken(), plan });

/** The style of a plan, once the service has the plan's map ready. */
export const styled = (plan?: string): Promise<StyleSpecification> => getPatiently<StyleSpecification>(styleOf(plan));
