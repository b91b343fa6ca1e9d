// The page: a bar, a map, a panel with three tabs.

import type { StyleSpecification } from 'maplibre-gl';
import type { Scheme } from './answers';
import { CityMap, maplibregl } from './city-map';
import { ComparedMaps } from './compare';
import { byId, el, notice } from './dom';
import { layersPanel } from './layers-panel';
import { classes, PlacePanel } from './place-panel';
import { PlansPanel } from './plans-panel';
import { searchBox } from './search';
import { styled } from './style-address';
import { look, on, view, type View } from './view';
import { named, t, type Word } from './words';

const TABS: View['tab'][] = ['place', 'layers', 'plans'];

/** The longest that anything waits for the first picture, milliseconds. */
const PICTURED_MS = 1500;

/** The map, and everything around it. */
export function open(style: StyleSpecification, scheme: Scheme): void {
  const city = new CityMap(byId('map'), style, view, scheme.bbox);
  const pictured = new Promise<void>((resolve) => {
    const shown = () => document.body.classList.add('pictured');
    city.map.once('idle', () => {
      shown();
      // with the frame that shows it
      window.requestAnimationFrame(() => {
        performance.mark('first-picture');
        resolve();
      });
    });
    window.setTimeout(() => {
      shown();
      resolve();
    }, PICTURED_MS);
  });
  city.map.on('moveend', () => {
    const { lng, lat } = city.map.getCenter();
    look({ zoom: city.map.getZoom(), lon: lng, lat });
  });
  city.map.on('click', (event) => look({ point: [event.lngLat.lng, event.lngLat.lat], grid: undefined, tab: 'place' }));
  city.map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const { lng, lat } = city.map.getCenter();
    look({ point: [lng, lat], grid: undefined, tab: 'place' });
  });
  window.addEventListener('wangge:go', (event) => {
    city.map.easeTo({ center: (event as CustomEvent<[number, number]>).detail, zoom: Math.max(city.map.getZoom(), 15), duration: 600 });
  });
  on(['off', 'hidden', 'without'], (now) => city.apply(now));
  on(['zoom', 'lat', 'lon'], (now) => {
    const { lng, lat } = city.map.getCenter();
    const moved = Math.abs(lng - now.lon) > 1e-6 || Math.abs(lat - now.lat) > 1e-6 || Math.abs(city.map.getZoom() - now.zoom) > 1e-3;
    if (moved && !city.map.isMoving()) city.map.jumpTo({ center: [now.lon, now.lat], zoom: now.zoom });
  });
  // the map is drawn first; the rest is there also without it
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    page(city, scheme, pictured);
  };
  void pictured.then(begin);
  city.map.once('error', begin);
}

/** What stands around the map; what it asks the service for at once waits for the first picture. */
function page(city: CityMap, scheme: Scheme, pictured: Promise<void>): void {
  city.attribute();
  city.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
  city.map.addControl(new maplibregl.ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-right');
  document.title = `${named(scheme)} · wangge`;
  document.querySelector('.skip')!.textContent = t('to_panel');
  const compared = new ComparedMaps(city);
  on(['style'], () => city.setStyle(styled(compared.planDrawn)));
  // words stand all over the page: another language begins it anew, at the same view
  on(['language'], () => window.setTimeout(() => location.reload(), 200));

  const list = pictured.then(classes);
  list.catch((error: unknown) => notice((error as Error).message, true));
  const tabs: Record<View['tab'], HTMLElement> = {
    place: new PlacePanel(city, scheme, list).element,
    layers: layersPanel(scheme, list),
    plans: new PlansPanel(city, compared, pictured).element,
  };
  const buttons = TABS.map((tab) => el('button', { type: 'button', role: 'tab', id: `show-${tab}`, 'aria-controls': `tab-${tab}`, onclick: () => look({ tab }), onkeydown: step }, t(tab as Word)));
  const panel = byId('panel');
  const fold = el('button', { type: 'button', id: 'fold', 'aria-expanded': 'true', 'aria-controls': 'panel', onclick: () => folded(!document.body.classList.contains('folded')) }, '▾');
  const folded = (is: boolean) => {
    document.body.classList.toggle('folded', is);
    fold.setAttribute('aria-expanded', String(!is));
    fold.setAttribute('aria-label', t(is ? 'show_panel' : 'hide_panel'));
    city.map.resize();
  };
  folded(false);
  panel.replaceChildren(el('nav', { role: 'tablist' }, ...buttons, fold), ...TABS.map((tab) => tabs[tab]));
  const show = () => {
    TABS.forEach((tab, at) => {
      const chosen = view.tab === tab;
      tabs[tab].hidden = !chosen;
      tabs[tab].setAttribute('role', 'tabpanel');
      tabs[tab].setAttribute('aria-labelledby', `show-${tab}`);
      buttons[at]!.setAttribute('aria-selected', String(chosen));
      buttons[at]!.tabIndex = chosen ? 0 : -1;
    });
  };
  on(['tab'], show);
  show();

  byId('bar').replaceChildren(
    el('strong', {}, named(scheme)),
    searchBox(scheme),
    el('button', { type: 'button', id: 'style', title: t('style'), onclick: () => look({ style: view.style === 'day' ? 'plain' : 'day' }) }, t(view.style === 'day' ? 'plain' : 'day')),
    el('button', { type: 'button', id: 'language', lang: view.language === 'zh' ? 'en' : 'zh', onclick: () => look({ language: view.language === 'zh' ? 'en' : 'zh' }) }, t('other_language')),
    el('button', { type: 'button', id: 'link', onclick: copyLink }, t('copy_link')),
  );
  on(['style'], () => (byId('style').textContent = t(view.style === 'day' ? 'plain' : 'day')));
}

/** Arrows go from tab to tab. */
function step(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const next = TABS[(TABS.indexOf(view.tab) + by + TABS.length) % TABS.length]!;
  look({ tab: next });
  byId(`show-${next}`).focus();
  event.preventDefault();
}

/** The address once it has been written; shown for copying where the browser does not let us. */
function copyLink(): void {
  window.setTimeout(() => {
    const copied = navigator.clipboard?.writeText(location.href);
    if (copied) copied.then(() => notice(t('copied'))).catch(() => notice(location.href));
    else notice(location.href);
  }, 200);
}
