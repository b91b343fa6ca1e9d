// What is looked at, kept in the address so that any view can be linked to.

import { speak, type Language } from './words';

export interface View {
  zoom: number;
  lon: number;
  lat: number;
  language: Language;
  style: 'day' | 'plain';
  tab: 'place' | 'layers' | 'plans';
  /** Levels that are switched off. */
  off: string[];
  /** Parts of the map that are switched off: base, special. */
  hidden: string[];
  /** Major classes of components that are switched off. */
  without: string[];
  /** The point that is asked about, CGCS2000. */
  point?: [number, number];
  /** The accuracy circle's radius, metres; 0 is none. */
  radius: number;
  /** What is reported there: `event:0402`. */
  subject: string;
  /** The system that coordinates are typed in. */
  system: string;
  /** A unit that is shown. */
  grid?: string;
  /** The plan that is looked at, and the one it is compared with. */
  plan?: string;
  against?: string;
  compare: 'off' | 'slide' | 'side';
  defect?: string;
}

type Listener = (view: View, changed: Set<keyof View>) => void;

const listeners: Listener[] = [];
let writing: number | undefined;

const list = (text: string | null): string[] => (text ? text.split(',').filter(Boolean) : []);
const oneOf = <T extends string>(text: string | null, ...words: [T, ...T[]]): T => words.find((word) => word === text) ?? words[0];

function parsed(hash: string): Partial<View> & Pick<View, 'language'> {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const numbers = (key: string, count: number): number[] | undefined => {
    const values = (query.get(key) ?? '').split('/').map(Number);
    return values.length === count && values.every(Number.isFinite) && query.get(key) !== '' ? values : undefined;
  };
  const asked = query.get('lang') ?? navigator.languages?.[0]?.slice(0, 2) ?? 'zh';
  const found: Partial<View> & Pick<View, 'language'> = {
    language: asked === 'zh' ? 'zh' : 'en',
    style: oneOf(query.get('style'), 'day', 'plain'),
    tab: oneOf(query.get('tab'), 'place', 'layers', 'plans'),
    compare: oneOf(query.get('compare'), 'off', 'slide', 'side'),
    off: list(query.get('off')),
    hidden: list(query.get('hidden')),
    without: list(query.get('without')),
    radius: Math.min(Math.max(Number(query.get('r')) || 0, 0), 5000),
    subject: query.get('about') ?? '',
    system: query.get('system') ?? 'wgs84',
    grid: query.get('grid') ?? undefined,
    plan: query.get('plan') ?? undefined,
    against: query.get('against') ?? undefined,
    defect: query.get('defect') ?? undefined,
  };
  const map = numbers('map', 3);
  if (map) [found.zoom, found.lat, found.lon] = map as [number, number, number];
  const point = numbers('at', 2);
  found.point = point ? [point[0]!, point[1]!] : undefined;
  return found;
}

const START: Pick<View, 'zoom' | 'lon' | 'lat'> = { zoom: NaN, lon: NaN, lat: NaN };

export const view: View = { ...START, ...parsed(location.hash) } as View;
speak(view.language);

function written(): string {
  const parts: string[] = [];
  const add = (key: string, value: string | undefined, plain = '') => {
    if (value && value !== plain) parts.push(`${key}=${encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2C/g, ',').replace(/%3A/g, ':')}`);
  };
  if (Number.isFinite(view.zoom)) add('map', `${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`);
  add('lang', view.language);
  add('style', view.style, 'day');
  add('tab', view.tab, 'place');
  add('off', view.off.join(','));
  add('hidden', view.hidden.join(','));
  add('without', view.without.join(','));
  if (view.point) add('at', view.point.map((degrees) => degrees.toFixed(7)).join('/'));
  add('r', String(Math.round(view.radius)), '0');
  add('about', view.subject);
  add('system', view.system, 'wgs84');
  add('grid', view.grid);
  add('plan', view.plan);
  add('against', view.against);
  add('compare', view.compare, 'off');
  add('defect', view.defect);
  return `#${parts.join('&')}`;
}

/** Changes what is looked at, tells who listens, and writes the address. */
export function look(change: Partial<View>): void {
  const changed = new Set<keyof View>();
  for (const key of Object.keys(change) as (keyof View)[]) {
    if (JSON.stringify(view[key]) !== JSON.stringify(change[key])) changed.add(key);
  }
  if (changed.size === 0) return;
  Object.assign(view, change);
  if (changed.has('language')) speak(view.language);
  window.clearTimeout(writing);
  writing = window.setTimeout(() => {
    const hash = written();
    if (hash !== location.hash) history.replaceState(null, '', hash);
  }, 150);
  for (const listener of listeners) listener(view, changed);
}

/** Calls back when any of these change. */
export function on(keys: (keyof View)[], call: (view: View) => void): void {
  listeners.push((now, changed) => {
    if (keys.some((key) => changed.has(key))) call(now);
  });
}

window.addEventListener('hashchange', () => {
  const found = parsed(location.hash);
  if (location.hash !== written()) look(found);
});
