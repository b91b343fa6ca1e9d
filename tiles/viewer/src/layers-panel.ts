// Levels, the base map and components by class, on and off.

import { get } from './api';
import type { ComponentClass, Scheme, Unit, Units } from './answers';
import { el } from './dom';
import { look, view } from './view';
import { named, number, t } from './words';

type Lists = 'off' | 'hidden' | 'without';

/** A box that takes a word out of one of the view's lists, and puts it in. */
function toggle(list: Lists, word: string, ...label: (Node | string)[]): HTMLElement {
  const box = el('input', {
    type: 'checkbox',
    'data-toggle': `${list}:${word}`,
    onchange: (event: Event) => {
      const isOn = (event.target as HTMLInputElement).checked;
      const others = view[list].filter((other) => other !== word);
      look({ [list]: isOn ? others : [...others, word] });
    },
  });
  box.checked = !view[list].includes(word);
  return el('label', { class: 'check' }, box, el('span', {}, ...label));
}

export function layersPanel(scheme: Scheme, classes: Promise<ComponentClass[]>): HTMLElement {
  const kinds = el('div', { id: 'classes' }, el('p', { class: 'quiet' }, t('loading')));
  const fill = async () => {
    const all = await classes;
    const counts = await counted(scheme);
    const majors = all.filter((one) => one.object === 'component' && one.code.length === 2);
    const minors = (major: string) => [...counts].filter(([code]) => code.startsWith(major)).sort(([a], [b]) => (a < b ? -1 : 1));
    const names = new Map(all.filter((one) => one.object === 'component').map((one) => [one.code, one]));
    // classes of the city's own may have no major one in the table
    const codes = [...new Set([...majors.map((one) => one.code), ...[...counts.keys()].map((code) => code.slice(0, 2))])].sort();
    const rows = codes.flatMap((code) => {
      const below = minors(code);
      const total = below.reduce((sum, [, count]) => sum + count, 0);
      if (total === 0) return [];
      const symbol = el('img', { alt: '', width: 20, height: 20, src: symbolOf(code) });
      return [
        el('div', { class: 'class' }, toggle('without', code, symbol, `${code} ${named(names.get(code) ?? { code })} `), el('output', { 'data-count': code }, number(total))),
        el('details', {}, el('summary', {}, String(below.length)), el('table', {}, ...below.map(([minor, count]) => el('tr', {}, el('th', {}, minor), el('td', {}, named(names.get(minor) ?? { code: minor })), el('td', { class: 'number' }, number(count)))))),
      ];
    });
    const every = (on: boolean) => () => {
      look({ without: on ? [] : codes });
      for (const box of kinds.querySelectorAll<HTMLInputElement>('input')) box.checked = on;
    };
    kinds.replaceChildren(el('div', { class: 'row' }, el('button', { type: 'button', onclick: every(true) }, t('all')), el('button', { type: 'button', onclick: every(false) }, t('none'))), ...rows);
  };
  fill().catch((error: unknown) => kinds.replaceChildren(el('p', { class: 'bad' }, (error as Error).message)));
  return el(
    'div',
    { class: 'tab', id: 'tab-layers' },
    el('h2', {}, t('levels')),
    ...scheme.levels.map((level) => toggle('off', level.id, `${named(level)} `, el('small', {}, number(level.units)))),
    el('h2', {}, t('base')),
    toggle('hidden', 'base', t('base')),
    toggle('hidden', 'special', t('special')),
    el('h2', {}, t('components')),
    toggle('hidden', 'component', t('components')),
    kinds,
  );
}

/** How many components of each class the city has. */
async function counted(scheme: Scheme): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const top = scheme.levels[0];
  if (!top) return counts;
  const units = await get<Units>('v1/grids', { level: top.id, geometry: 'none', limit: 1000 });
  // one at a time: a city has few units at its top
  for (const { properties } of units.features) {
    const unit = await get<Unit>(`v1/grids/${encodeURIComponent(properties.code)}`);
    for (const one of unit.properties.components ?? []) counts.set(one.class, (counts.get(one.class) ?? 0) + one.count);
  }
  return counts;
}

const drawn = import.meta.glob<string>('../../symbols/*.svg', { query: '?url', import: 'default', eager: true });

/** The symbol of a major class, as the map shows it. */
const symbolOf = (major: string): string => drawn[`../../symbols/component-${major}.svg`] ?? drawn['../../symbols/component.svg'] ?? '';
