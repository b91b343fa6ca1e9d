// Choosing or dropping a boundary file, which becomes a plan of its own.

import type { GeoJSON } from 'geojson';
import { get, Refused, send, withQuery } from './api';
import type { Plan } from './answers';
import type { CityMap } from './city-map';
import { bounds } from './place-panel';
import { el, notice } from './dom';
import { look, on, view } from './view';
import { t } from './words';

const TYPES: Record<string, string> = {
  geojson: 'application/geo+json',
  json: 'application/geo+json',
  geojsonl: 'application/geo+json-seq',
  ndjson: 'application/x-ndjson',
  gpkg: 'application/geopackage+sqlite3',
  zip: 'application/zip',
  csv: 'text/csv',
  fgb: 'application/vnd.flatgeobuf',
  kml: 'application/vnd.google-earth.kml+xml',
  topojson: 'application/topo+json',
  gpx: 'application/gpx+xml',
  dxf: 'image/vnd.dxf',
};

/** A file larger than this is not drawn before the service has read it, bytes. */
const MOST_DRAWN = 32 << 20;

export function fileForm(city: CityMap, taken: (plan: Plan) => void): HTMLElement {
  let file: File | undefined;
  const extension = () => file?.name.split('.').pop()?.toLowerCase() ?? '';
  const name = el('input', { id: 'plan-name', required: true, maxlength: 60, autocomplete: 'off' });
  const system = el('input', { id: 'file-crs', autocomplete: 'off', placeholder: 'EPSG:4549, gcj02, bd09 …' });
  const chooser = el('input', { id: 'file', type: 'file', accept: Object.keys(TYPES).map((end) => `.${end}`).join(','), onchange: () => chooser.files?.[0] && begin(chooser.files[0]) });
  const told = el('p', { id: 'told', role: 'status' });
  const submit = el('button', { type: 'submit' }, t('send'));
  const details = el(
    'div',
    { hidden: true },
    el('label', { class: 'row' }, el('span', {}, t('plan_name')), name),
    el('label', { class: 'row' }, el('span', {}, t('file_crs')), system),
    el('div', { class: 'row' }, submit, el('button', { type: 'button', onclick: () => (end(), city.draw('file')) }, t('cancel'))),
  );

  const begin = (chosen: File) => {
    file = chosen;
    look({ tab: 'plans' });
    name.value = chosen.name.replace(/\.[^.]+$/, '').slice(0, 60);
    details.hidden = false;
    told.textContent = chosen.name;
    told.className = '';
    name.focus();
    if (TYPES[extension()] === 'application/geo+json' && chosen.size <= MOST_DRAWN) void draw(chosen);
  };
  const end = () => {
    file = undefined;
    details.hidden = true;
    told.textContent = '';
    chooser.value = '';
  };
  // what a plan without a map of its own looks like stays until the plan is closed
  on(['plan'], () => !view.plan && city.draw('file'));
  // at once, from the file itself, where it is GeoJSON in degrees
  const draw = async (chosen: File) => {
    try {
      const data = JSON.parse(await chosen.text()) as GeoJSON;
      const box = bounds({ geometry: { coordinates: 'features' in data ? data.features.map((one) => ('coordinates' in one.geometry ? one.geometry.coordinates : [])) : [] } });
      if (box.every((degrees, at) => Number.isFinite(degrees) && Math.abs(degrees) <= (at % 2 ? 90 : 180))) {
        city.draw('file', data);
        city.map.fitBounds(box, { padding: 40, duration: 0 });
      }
    } catch {
      // the service says what is wrong with it
    }
  };
  const form = el(
    'form',
    {
      id: 'drop',
      onsubmit: async (event: Event) => {
        event.preventDefault();
        if (!file) return;
        const type = TYPES[extension()] ?? 'application/octet-stream';
        submit.disabled = true;
        told.textContent = t('sending');
        told.className = 'quiet';
        try {
          const query = { name: name.value.trim(), crs: system.value.trim() || undefined };
          const done = await send<{ plan: Plan; units: number; notes?: string[] }>(withQuery('v1/plans', query), file, type);
          end();
          told.textContent = [t('taken', done.units), ...(done.notes ?? [])].join(' · ');
          taken(await get<Plan>(`v1/plans/${done.plan.id}`));
        } catch (error) {
          told.className = 'bad';
          told.textContent = error instanceof Refused && error.kind === 'writes-not-allowed' ? t('writes_refused') : (error as Error).message;
          notice(told.textContent, true);
        } finally {
          submit.disabled = false;
        }
      },
    },
    el('label', { for: 'file' }, t('drop'), el('small', {}, t('drop_hint'))),
    chooser,
    details,
    told,
  );
  // a file may be dropped anywhere on the page
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  window.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping');
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    const dropped = event.dataTransfer?.files[0];
    if (dropped) begin(dropped);
  });
  return form;
}
