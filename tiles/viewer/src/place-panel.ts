// Whose point is this: the answer to a click, and one unit with what is around it.

import { get, Refused } from './api';
import { Accuracy, candidates, MOST_LISTED } from './accuracy';
import type { Candidate, ComponentClass, Located, Scheme, Unit } from './answers';
import type { CityMap } from './city-map';
import { coordinatesForm } from './coordinates';
import { el, notice } from './dom';
import { look, on, view } from './view';
import { area, named, number, spoken, t, term } from './words';

/** How far around a point components are named, metres. */
const NEAR_M = 100;

export class PlacePanel {
  readonly element: HTMLElement;
  private readonly answer = el('div', { id: 'answer', 'aria-live': 'polite' });
  private readonly circle = el('div', { id: 'candidates' });
  private readonly accuracy: Accuracy;
  private asked: AbortController | undefined;
  private reached: AbortController | undefined;

  constructor(
    private readonly city: CityMap,
    private readonly scheme: Scheme,
    private readonly classes: Promise<ComponentClass[]>,
  ) {
    this.accuracy = new Accuracy(city);
    this.element = el('div', { class: 'tab', id: 'tab-place' }, coordinatesForm(scheme), this.subject(), this.radius(), this.circle, this.answer);
    on(['point', 'subject'], () => void this.locate());
    on(['grid'], () => void this.unit());
    on(['point', 'radius'], () => {
      this.accuracy.show();
      void this.reach();
    });
    this.answer.append(el('p', { class: 'quiet' }, t('click_hint')));
    if (view.point) {
      this.accuracy.show();
      void this.locate();
      void this.reach();
    }
    if (view.grid) void this.unit(!view.point);
  }

  private subject(): HTMLElement {
    const choice = el('select', { id: 'subject', onchange: (event: Event) => look({ subject: (event.target as HTMLSelectElement).value }) }, el('option', { value: '' }, t('subject_none')));
    void this.classes.then((classes) => {
      for (const object of ['event', 'component'] as const) {
        const group = el('optgroup', { label: t(object === 'event' ? 'events' : 'components') });
        for (const one of classes) {
          if (one.object === object && one.code.length > 2) group.append(el('option', { value: `${object}:${one.code}` }, `${one.code} ${named(one)}`));
        }
        if (group.childElementCount > 0) choice.append(group);
      }
      choice.value = view.subject;
    });
    return el('label', { class: 'row' }, el('span', {}, t('subject')), choice);
  }

  private radius(): HTMLElement {
    const field = el('input', {
      id: 'radius',
      type: 'number',
      min: 0,
      max: 5000,
      step: 5,
      value: Math.round(view.radius),
      onchange: (event: Event) => look({ radius: Math.min(Math.max(Number((event.target as HTMLInputElement).value) || 0, 0), 5000) }),
    });
    on(['radius'], () => (field.value = String(Math.round(view.radius))));
    return el('label', { class: 'row', title: t('accuracy_hint') }, el('span', {}, t('accuracy')), field);
  }

  private async locate(): Promise<void> {
    this.asked?.abort();
    if (!view.point) return;
    const asked = (this.asked = new AbortController());
    const [lon, lat] = view.point;
    const [object, code] = view.subject.split(':');
    const subject = object && code ? { [object]: code } : {};
    try {
      const found = await get<Located>('v1/locate', { lon: lon.toFixed(8), lat: lat.toFixed(8), near: NEAR_M, ...subject }, asked.signal);
      this.answer.replaceChildren(...this.located(found));
      this.answer.dataset.code = found.grid?.code ?? '';
      const code = found.grid?.code;
      if (code) {
        const unit = await get<Unit>(`v1/grids/${encodeURIComponent(code)}`, {}, asked.signal);
        this.city.draw('unit', unit);
      } else {
        this.city.draw('unit');
      }
    } catch (error) {
      if (error instanceof DOMException) return;
      this.answer.replaceChildren(el('p', { class: 'bad' }, (error as Error).message));
    }
  }

  private located(found: Located): Node[] {
    const level = (id: string) => named(this.scheme.levels.find((one) => one.id === id) ?? { id });
    const nodes: Node[] = [el('h2', {}, t('chain'))];
    if (found.status === 'outside') return [...nodes, el('p', { class: 'bad' }, t('outside'))];
    const distance = found.status === 'inside' ? found.border_distance_m : found.distance_m;
    nodes.push(
      el(
        'table',
        { id: 'chain' },
        ...(found.chain ?? []).map((unit) => el('tr', {}, el('th', {}, level(unit.level)), el('td', {}, this.link(unit.code, unit.name ?? unit.code)))),
      ),
      el('p', { id: 'distance' }, t(found.status === 'inside' ? 'inside' : 'near'), distance === undefined ? '' : ` · ${t(found.status === 'inside' ? 'border_distance' : 'distance')} ${number(distance, 2)} m`),
    );
    if (found.unsettled_border) nodes.push(el('p', { class: 'bad' }, t('unsettled')));
    if (found.overlays?.length) nodes.push(el('h2', {}, t('overlays')), el('ul', {}, ...found.overlays.map((one) => el('li', {}, one.name ?? one.code, one.kind ? el('small', {}, ` ${term(one.kind)}`) : null))));
    if (found.handlers) {
      nodes.push(
        el('h2', {}, t('handlers')),
        el(
          'table',
          { id: 'handlers' },
          ...found.handlers.map((one) => el('tr', {}, el('th', {}, t('tier', one.tier)), el('td', {}, one.department?.name ?? one.department?.code ?? '—', el('small', {}, one.reason ?? '')))),
        ),
      );
    }
    if (found.posts?.length) {
      nodes.push(el('h2', {}, t('posts')), el('ul', { id: 'posts' }, ...found.posts.map((one) => el('li', {}, term(one.post), one.name ? ` ${one.name}` : '', one.vacant ? ` (${t('vacant')})` : ''))));
    }
    nodes.push(el('h2', {}, t('near_components')));
    if (found.components?.length) {
      nodes.push(
        el('ul', { id: 'near' }, ...found.components.slice(0, 8).map((one) => el('li', {}, one.name ?? one.class, el('small', {}, ` ${one.class} · ${one.code} · ${number(one.distance_m, 1)} m`)))),
      );
    } else {
      nodes.push(el('p', { class: 'quiet' }, t('no_components', NEAR_M)));
    }
    return nodes;
  }

  private link(code: string, text: string): HTMLElement {
    return el('button', { type: 'button', class: 'link', onclick: () => look({ grid: code }) }, text, ' ', el('small', {}, code));
  }

  private async reach(): Promise<void> {
    this.reached?.abort();
    if (!view.point || view.radius <= 0) {
      this.circle.replaceChildren();
      return;
    }
    const reached = (this.reached = new AbortController());
    try {
      const found = await candidates(view.point, view.radius, reached.signal);
      this.circle.replaceChildren(el('h2', {}, t('candidates'), el('small', {}, ` ${t('share_of')}`)));
      this.circle.append(el('table', {}, ...found.slice(0, MOST_LISTED).map((one) => this.candidate(one))));
      if (found.length > MOST_LISTED) this.circle.append(el('p', { class: 'quiet' }, t('more_grids', found.length - MOST_LISTED)));
    } catch (error) {
      if (!(error instanceof DOMException)) this.circle.replaceChildren(el('p', { class: 'bad' }, (error as Error).message));
    }
  }

  private candidate(one: Candidate): HTMLElement {
    const share = `${(100 * one.share).toFixed(1)} %`;
    return el('tr', {}, el('th', {}, share), el('td', {}, one.code ? this.link(one.code, named(one)) : t('outside')));
  }

  /** Shows a unit that was chosen, and goes there. */
  private async unit(go = true): Promise<void> {
    if (!view.grid) return;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const unit = await get<Unit>(`v1/grids/${encodeURIComponent(view.grid)}`, {}, asked.signal);
      this.city.draw('unit', unit);
      this.answer.replaceChildren(...this.card(unit));
      this.answer.dataset.code = unit.properties.code;
      if (go && unit.geometry) this.city.map.fitBounds(bounds(unit), { padding: 60, maxZoom: 17, duration: 600 });
    } catch (error) {
      if (error instanceof DOMException) return;
      notice((error as Error).message, true);
      if (error instanceof Refused && error.status === 404) look({ grid: undefined });
    }
  }

  private card({ properties: unit }: Unit): Node[] {
    const level = (id: string) => named(this.scheme.levels.find((one) => one.id === id) ?? { id });
    const facts = [area(unit.area_m2), unit.households !== undefined ? `${number(unit.households)} ${t('households')}` : '', unit.population !== undefined ? `${number(unit.population)} ${t('people')}` : '', unit.kind ? term(unit.kind) : ''];
    const sides = (['north', 'east', 'south', 'west'] as const).filter((side) => unit.neighbours[side]?.length);
    return [
      el('h2', {}, named(unit), el('small', {}, ` ${level(unit.level)} ${unit.code}`)),
      el('p', {}, facts.filter(Boolean).join(' · ')),
      el('table', { id: 'chain' }, ...unit.parents.map((parent) => el('tr', {}, el('th', {}, level(parent.level)), el('td', {}, this.link(parent.code, parent.name ?? parent.code))))),
      el('h2', {}, t('neighbours')),
      el(
        'table',
        {},
        ...sides.map((side) =>
          el(
            'tr',
            {},
            el('th', {}, t(side)),
            el('td', {}, ...unit.neighbours[side]!.slice(0, 3).map((one) => el('div', {}, one.code ? this.link(one.code, one.name ?? one.code) : t('beyond'), one.street ? el('small', {}, ` ${one.street}`) : null))),
          ),
        ),
      ),
    ];
  }
}

/** The box around a unit. */
export function bounds(feature: { geometry: { coordinates: unknown } }): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [x, y] = part as unknown[];
    if (typeof x === 'number' && typeof y === 'number') {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    } else part.forEach(walk);
  };
  walk(feature.geometry.coordinates);
  return box;
}

/** Names of classes in the language are told by the service; the page asks again when it changes. */
export const classes = async (): Promise<ComponentClass[]> => (await get<{ classes: ComponentClass[] }>('v1/classes')).classes.map((one) => ({ ...one, name: spoken() === 'zh' ? one.name : one.name_en ?? one.name }));
