// What the page begins with: its data are on their way before the map's program is.

import type { StyleSpecification } from 'maplibre-gl';
import type { Scheme } from './answers';
import { get } from './api';
import { byId, el } from './dom';
import { styleOf } from './style-address';

async function start(): Promise<void> {
  const styled = get<StyleSpecification>(styleOf());
  const known = get<Scheme>('v1/scheme');
  const [{ open }, style, scheme] = await Promise.all([import('./page'), styled, known]);
  open(style, scheme);
}

start().catch((error: unknown) => byId('panel').replaceChildren(el('p', { class: 'bad' }, (error as Error).message)));
