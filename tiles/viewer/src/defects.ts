// The defects of a plan: on the map, in a list, one after the other.

import type { Feature, Geometry } from 'geojson';
import type { Defect } from './answers';
import { bounds } from './place-panel';
import type { CityMap } from './city-map';
import { el } from './dom';
import { look, on, view } from './view';
import { area, number, t, term } from './words';

export class DefectList {
  private defects: Defect[] = [];
  private readonly rows = el('ol', { id: 'defects' });
  private readonly place = el('span', { id: 'defect-place' });

  constructor(private readonly city: CityMap) {
    on(['defect'], () => this.choose());
    window.addEventListener('keydown', (event) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (typing || event.ctrlKey || event.metaKey || event.altKey || view.tab !== 'plans') return;
      if (event.key === 'n' || event.key === 'N') this.step(1);
      else if (event.key === 'p' || event.key === 'P') this.step(-1);
    });
  }

  clear(): void {
    this.defects = [];
    this.city.draw('defects');
  }

  /** The list, worst first. */
  show(defects: Defect[]): HTMLElement {
    const weight = { error: 0, warning: 1, info: 2 };
    this.defects = [...defects].sort((a, b) => weight[a.severity] - weight[b.severity]);
    this.rows.replaceChildren(
      ...this.defects.map((defect) =>
        el(
          'li',
          { class: defect.severity },
          el('button', { type: 'button', class: 'link', 'data-defect': defect.id, onclick: () => look({ defect: defect.id }) }, term(defect.kind), el('small', {}, ` ${defect.grids.slice(0, 4).join(', ')}${measures(defect)}`)),
        ),
      ),
    );
    this.choose();
    if (this.defects.length === 0) return el('p', { class: 'good' }, t('no_defects'));
    return el(
      'div',
      {},
      el('h2', {}, t('defects'), ' ', el('small', { id: 'defect-count' }, number(this.defects.length))),
      el('div', { class: 'row' }, el('button', { type: 'button', id: 'previous-defect', onclick: () => this.step(-1) }, t('previous')), this.place, el('button', { type: 'button', id: 'next-defect', onclick: () => this.step(1) }, t('next'))),
      el('p', { class: 'quiet' }, t('defect_keys')),
      this.rows,
    );
  }

  private step(by: number): void {
    const count = this.defects.length;
    if (count === 0) return;
    const at = this.defects.findIndex((defect) => defect.id === view.defect);
    const next = this.defects[at < 0 ? (by > 0 ? 0 : count - 1) : (at + by + count) % count];
    look({ defect: next?.id });
  }

  private choose(): void {
    const at = this.defects.findIndex((defect) => defect.id === view.defect);
    this.place.textContent = at < 0 ? '' : `${at + 1} / ${this.defects.length}`;
    for (const row of this.rows.querySelectorAll<HTMLElement>('[data-defect]')) {
      const chosen = row.dataset.defect === view.defect;
      row.setAttribute('aria-current', String(chosen));
      if (chosen) row.scrollIntoView({ block: 'nearest' });
    }
    const features = this.defects.flatMap((defect): Feature[] => {
      if (!defect.geometry || defect.geometry.type === 'GeometryCollection') return [];
      const properties = { severity: defect.severity, chosen: defect.id === view.defect };
      const shape: Feature = { type: 'Feature', properties: { ...properties, spot: false }, geometry: defect.geometry };
      // a sliver of centimetres is seen by the dot on it
      return [shape, { type: 'Feature', properties: { ...properties, spot: true }, geometry: middle(defect.geometry) }];
    });
    this.city.draw('defects', { type: 'FeatureCollection', features });
    const chosen = this.defects[at];
    if (chosen?.geometry && 'coordinates' in chosen.geometry) {
      this.city.map.fitBounds(bounds({ geometry: chosen.geometry }), { padding: 80, maxZoom: 18, duration: 500 });
    }
  }
}

function measures(defect: Defect): string {
  const parts = [defect.area_m2 !== undefined ? area(defect.area_m2) : '', defect.width_m !== undefined ? `↔ ${number(defect.width_m, 2)} m` : '', defect.length_m !== undefined ? `↕ ${number(defect.length_m, 1)} m` : ''];
  const told = parts.filter(Boolean).join(' · ');
  return told ? ` · ${told}` : defect.detail ? ` · ${defect.detail}` : '';
}

/** The vertex in the middle of a shape's list: a place on it, wherever it winds. */
function middle(geometry: Geometry): { type: 'Point'; coordinates: number[] } {
  let at: unknown = 'coordinates' in geometry ? geometry.coordinates : [0, 0];
  while (Array.isArray(at) && Array.isArray(at[0])) at = typeof (at[0] as unknown[])[0] === 'number' ? at[Math.floor(at.length / 2)] : at[0];
  return { type: 'Point', coordinates: at as number[] };
}
