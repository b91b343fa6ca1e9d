// The point in every system, and a field to type one in.

import type { Scheme } from './answers';
import { el, notice } from './dom';
import { convert, read, systemsAt, written, zonesAt } from './systems';
import { look, on, view } from './view';
import { t } from './words';

export function coordinatesForm(scheme: Scheme): HTMLElement {
  const middle = scheme.bbox ? (scheme.bbox[0] + scheme.bbox[2]) / 2 : 117;
  const typed = el('input', { id: 'typed', inputmode: 'text', autocomplete: 'off', 'aria-label': t('coordinates'), title: t('typed_hint'), placeholder: t('typed_hint') });
  const system = el(
    'select',
    { id: 'system', 'aria-label': t('system'), onchange: (event: Event) => look({ system: (event.target as HTMLSelectElement).value }) },
    ...systemsAt(middle).map(({ id, label }) => el('option', { value: id }, id.startsWith('EPSG') ? `${id} ${label}` : label)),
  );
  system.value = view.system;
  if (system.selectedIndex < 0) system.selectedIndex = 0;
  const zone = el(
    'select',
    { id: 'zone', 'aria-label': t('projected'), onchange: () => void show() },
    ...zonesAt(middle).map(({ id, label }) => el('option', { value: id }, `${id} ${label}`)),
  );
  const rows = el('table', { id: 'coordinates' });
  let asked: AbortController | undefined;

  const show = async () => {
    asked?.abort();
    rows.replaceChildren();
    if (!view.point) return;
    asked = new AbortController();
    const systems = ['wgs84', 'gcj02', 'bd09', ...(zone.value ? [zone.value] : [])];
    try {
      const found = await convert(view.point[0], view.point[1], 'wgs84', systems, asked.signal);
      const labels: Record<string, string> = { wgs84: 'WGS 84 / CGCS2000', gcj02: 'GCJ-02', bd09: 'BD-09' };
      found.to.forEach((one, at) => {
        const id = systems[at]!;
        const value = 'problem' in one ? one.problem.detail : written(one.lon, one.lat, id.startsWith('EPSG'));
        rows.append(el('tr', { 'data-system': id.startsWith('EPSG') ? 'projected' : id }, el('th', {}, labels[id] ?? id), el('td', {}, el('code', {}, value))));
      });
    } catch (error) {
      if (!(error instanceof DOMException)) notice((error as Error).message, true);
    }
  };

  const form = el(
    'form',
    {
      class: 'coordinates',
      onsubmit: async (event: Event) => {
        event.preventDefault();
        const numbers = read(typed.value);
        if (!numbers) return notice(t('not_two_numbers'), true);
        try {
          const found = await convert(numbers[0], numbers[1], system.value, ['wgs84']);
          const one = found.to[0]!;
          if ('problem' in one) return notice(one.problem.detail, true);
          look({ point: [one.lon, one.lat], grid: undefined });
          window.dispatchEvent(new CustomEvent('wangge:go', { detail: [one.lon, one.lat] }));
        } catch (error) {
          notice((error as Error).message, true);
        }
      },
    },
    el('div', { class: 'row' }, el('span', {}, t('system')), system),
    el('div', { class: 'row' }, typed, el('button', { type: 'submit' }, t('go'))),
    rows,
    el('div', { class: 'row' }, el('span', {}, t('projected')), zone),
  );
  on(['point'], () => void show());
  void show();
  return form;
}
