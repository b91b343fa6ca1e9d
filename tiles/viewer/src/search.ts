// Finding a unit by its code or name.

import { get } from './api';
import type { Scheme, Units } from './answers';
import { el, notice, settled } from './dom';
import { look } from './view';
import { named, t } from './words';

/** A box that looks while one types; arrows choose, Enter takes. */
export function searchBox(scheme: Scheme): HTMLElement {
  const found = el('ul', { id: 'found', role: 'listbox', hidden: true });
  let asked: AbortController | undefined;
  let chosen = -1;

  const close = () => {
    found.hidden = true;
    chosen = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const take = (code: string) => {
    close();
    look({ grid: code, tab: 'place', point: undefined });
  };
  const choose = (at: number) => {
    const rows = [...found.querySelectorAll<HTMLElement>('[role=option]')];
    if (rows.length === 0) return;
    chosen = (at + rows.length) % rows.length;
    rows.forEach((row, i) => row.setAttribute('aria-selected', String(i === chosen)));
    input.setAttribute('aria-activedescendant', rows[chosen]!.id);
    rows[chosen]!.scrollIntoView({ block: 'nearest' });
  };
  const ask = settled(200, async (text: string) => {
    asked?.abort();
    asked = new AbortController();
    if (!text.trim()) return close();
    try {
      const units = await get<Units>('v1/grids', { q: text.trim(), geometry: 'none', limit: 30 }, asked.signal);
      const level = (id: string) => named(scheme.levels.find((one) => one.id === id) ?? { id });
      found.replaceChildren(
        ...units.features.map(({ properties: unit }, at) =>
          el(
            'li',
            { role: 'option', id: `found-${at}`, 'aria-selected': 'false', 'data-code': unit.code, onmousedown: (event: MouseEvent) => event.preventDefault(), onclick: () => take(unit.code) },
            el('b', {}, named(unit)),
            el('small', {}, `${level(unit.level)} ${unit.code}`),
          ),
        ),
      );
      if (units.features.length === 0) found.append(el('li', { class: 'quiet' }, t('nothing_found')));
      found.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      chosen = -1;
    } catch (error) {
      if (!(error instanceof DOMException)) notice(String((error as Error).message), true);
    }
  });
  const input = el('input', {
    id: 'search',
    type: 'search',
    role: 'combobox',
    autocomplete: 'off',
    'aria-controls': 'found',
    'aria-expanded': 'false',
    'aria-label': t('search'),
    placeholder: t('search'),
    oninput: (event: Event) => ask((event.target as HTMLInputElement).value),
    onblur: () => window.setTimeout(close, 150),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key === 'ArrowDown') choose(chosen + 1);
      else if (event.key === 'ArrowUp') choose(chosen - 1);
      else if (event.key === 'Escape') close();
      else if (event.key === 'Enter') {
        const row = found.querySelectorAll<HTMLElement>('[role=option]')[Math.max(chosen, 0)];
        if (!found.hidden && row?.dataset.code) take(row.dataset.code);
      } else return;
      event.preventDefault();
    },
  });
  return el('div', { class: 'search' }, input, found);
}
