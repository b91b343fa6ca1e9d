// What the page begins with: its data are on their way before the map's program is.

import type { Scheme } from './answers';
import { get } from './api';
import { byId, el } from './dom';
import { styled } from './style-address';

async function start(): Promise<void> {
  const style = styled();
  const known = get<Scheme>('v1/scheme');
  const [{ open }, drawn, scheme] = await Promise.all([import('./page'), style, known]);
  open(drawn, scheme);
}

start().catch((error: unknown) => byId('panel').replaceChildren(el('p', { class: 'bad' }, (error as Error).message)));
