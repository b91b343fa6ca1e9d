// The planner's view: files in, plans with their defects, comparisons, what changes hands, reports.

import { address, get, Refused, text, withQuery } from './api';
import type { Change, Diff, Plan, Validation } from './answers';
import { bounds } from './place-panel';
import { ComparedMaps } from './compare';
import type { CityMap } from './city-map';
import { DefectList } from './defects';
import { el, notice } from './dom';
import { fileForm } from './file-form';
import { look, on, view } from './view';
import { area, number, t, term } from './words';

export class PlansPanel {
  readonly element: HTMLElement;
  private readonly list = el('ul', { id: 'plans' });
  private readonly open = el('div', { id: 'plan' });
  private readonly defects: DefectList;
  private plans: Plan[] = [];
  private shown = 0;

  constructor(
    private readonly city: CityMap,
    private readonly compared: ComparedMaps,
    pictured: Promise<void>,
  ) {
    this.defects = new DefectList(city);
    const form = fileForm(city, (plan) => void this.taken(plan));
    this.element = el('div', { class: 'tab', id: 'tab-plans' }, form, el('h2', {}, t('plans')), this.list, this.open);
    on(['plan'], () => void this.show());
    on(['plan', 'against', 'compare'], () => this.compare());
    on(['against'], () => void this.changes(this.shown));
    if (view.plan) void this.load().then(() => this.show());
    else void pictured.then(() => this.load());
  }

  private async load(): Promise<void> {
    try {
      this.plans = (await get<{ plans: Plan[] }>('v1/plans')).plans;
    } catch (error) {
      this.list.replaceChildren(el('li', { class: 'bad' }, (error as Error).message));
      return;
    }
    this.compared.inForce(this.plans.filter((plan) => plan.in_force).map((plan) => String(plan.id))[0]);
    this.list.replaceChildren(
      ...this.plans.map((plan) =>
        el(
          'li',
          {},
          el('button', { type: 'button', class: 'link', 'data-plan': plan.id, 'aria-pressed': String(this.is(plan, view.plan)), onclick: () => look({ plan: String(plan.id), defect: undefined }) }, plan.plan),
          el('small', {}, ` ${t(plan.in_force ? 'in_force' : stateWord(plan.state))} · ${number(plan.grids)}`),
        ),
      ),
    );
  }

  private async taken(plan: Plan): Promise<void> {
    await this.load();
    look({ plan: String(plan.id), defect: undefined, tab: 'plans' });
  }

  private is(plan: Plan, name: string | undefined): boolean {
    return name !== undefined && (String(plan.id) === name || plan.plan === name);
  }

  private async show(): Promise<void> {
    const turn = ++this.shown;
    for (const button of this.list.querySelectorAll<HTMLElement>('[data-plan]')) button.setAttribute('aria-pressed', String(button.dataset.plan === view.plan));
    this.defects.clear();
    this.city.draw('changes');
    if (!view.plan) {
      this.open.replaceChildren();
      return;
    }
    const plan = this.plans.find((one) => this.is(one, view.plan));
    this.open.replaceChildren(el('p', { class: 'quiet' }, t('loading')));
    try {
      const path = `v1/plans/${encodeURIComponent(view.plan)}`;
      const found = await get<Validation>(`${path}/validation`);
      if (turn !== this.shown) return;
      this.compared.hasMap(view.plan, found.seamless);
      this.open.replaceChildren(
        el('h2', {}, plan?.plan ?? view.plan, ' ', el('button', { type: 'button', class: 'small', id: 'close-plan', onclick: () => look({ plan: undefined, against: undefined, compare: 'off', defect: undefined }) }, t('close'))),
        el('p', { id: 'verdict', class: found.seamless ? 'good' : 'bad' }, t(found.seamless ? 'seamless' : 'not_seamless'), ` · ${number(found.grids)}`),
        found.seamless ? '' : el('p', { class: 'quiet' }, t('no_tiles')),
        this.defects.show(found.defects),
        this.comparison(),
        el('div', { id: 'changes' }),
        this.reports(path),
      );
      if (found.grids > 0) await this.changes(turn);
      this.compare();
    } catch (error) {
      if (turn === this.shown) this.open.replaceChildren(el('p', { class: 'bad' }, (error as Error).message));
    }
  }

  private comparison(): HTMLElement {
    const others = this.plans.filter((plan) => !this.is(plan, view.plan));
    const against = el(
      'select',
      { id: 'against', onchange: (event: Event) => look({ against: (event.target as HTMLSelectElement).value }) },
      ...others.map((plan) => el('option', { value: plan.id }, plan.plan)),
    );
    const current = others.find((plan) => this.is(plan, view.against)) ?? others.find((plan) => plan.in_force) ?? others[0];
    if (current) {
      against.value = String(current.id);
      look({ against: String(current.id) });
    }
    const way = (compare: typeof view.compare) => {
      const button = el('input', { type: 'radio', name: 'compare', value: compare, disabled: others.length === 0, onchange: () => look({ compare }) });
      button.checked = view.compare === compare;
      return el('label', { class: 'check' }, button, t(compare));
    };
    return el('fieldset', { id: 'compare' }, el('legend', {}, t('compare')), el('label', { class: 'row' }, el('span', {}, t('against')), against), el('div', { class: 'row' }, way('off'), way('slide'), way('side')));
  }

  private compare(): void {
    this.compared.show(view.plan, view.compare === 'off' ? undefined : view.against, view.compare);
  }

  private async changes(turn: number): Promise<void> {
    const place = this.open.querySelector<HTMLElement>('#changes');
    if (!place || !view.plan || !view.against) return;
    place.replaceChildren(el('h2', {}, t('changes')), el('p', { class: 'quiet' }, t('loading')));
    try {
      const diff = await get<Diff>(`v1/plans/${encodeURIComponent(view.plan)}/diff`, { against: view.against });
      if (turn !== this.shown) return;
      const drawn = diff.changes.filter((change) => change.geometry && change.kind !== 'redigitised');
      this.city.draw('changes', { type: 'FeatureCollection', features: drawn.map((change) => ({ type: 'Feature', properties: { kind: change.kind }, geometry: change.geometry! })) });
      const counts = ['transfer', 'split', 'merge', 'recut', 'new', 'gone', 'renamed', 'redigitised', 'unchanged'].filter((kind) => diff.summary[kind]);
      place.replaceChildren(
        el('h2', {}, t('changes')),
        el('p', { id: 'change-counts' }, counts.map((kind) => `${kind === 'unchanged' ? t('unchanged') : term(kind)} ${number(diff.summary[kind]!)}`).join(' · ')),
        diff.changes.length === 0 ? el('p', { class: 'quiet' }, t('no_changes')) : el('ol', {}, ...diff.changes.slice(0, 200).map((change) => this.change(change, diff))),
        diff.changes.length > 200 ? el('p', { class: 'quiet' }, t('more', diff.changes.length - 200)) : '',
      );
    } catch (error) {
      if (turn === this.shown) place.replaceChildren(el('h2', {}, t('changes')), el('p', { class: error instanceof Refused ? 'quiet' : 'bad' }, (error as Error).message));
    }
  }

  /** One change, with what goes from whom to whom. */
  private change(change: Change, diff: Diff): HTMLElement {
    const moved = diff.crosswalk.filter((row) => row.old !== row.new && change.old.includes(row.old) && change.new.includes(row.new));
    const rows = moved.slice(0, 6).map((row) => {
      const facts = [area(row.area_m2), row.households ? `${number(row.households)} ${t('households')}` : '', row.components ? `${number(row.components)} ${t('components')}` : ''];
      return el('div', {}, el('small', {}, `${row.old} → ${row.new} · ${facts.filter(Boolean).join(' · ')}`));
    });
    const go = () => change.geometry && 'coordinates' in change.geometry && this.city.map.fitBounds(bounds({ geometry: change.geometry }), { padding: 80, maxZoom: 17, duration: 600 });
    return el('li', {}, el('button', { type: 'button', class: 'link', onclick: go }, `${term(change.kind)} ${change.old.join(', ')}${change.new.join() === change.old.join() ? '' : ` → ${change.new.join(', ')}`}`), change.area_m2 ? el('small', {}, ` ${area(change.area_m2)}`) : null, ...rows);
  }

  private reports(path: string): HTMLElement {
    const diff = (list: string) => withQuery(`${path}/diff${list}`, { against: view.against });
    const made = (label: string, from: () => string, accept: string, name: string) =>
      el(
        'li',
        {},
        el(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-report': name,
            onclick: async () => {
              try {
                save(new Blob([await text(from(), accept)], { type: accept }), name);
              } catch (error) {
                notice((error as Error).message, true);
              }
            },
          },
          label,
        ),
      );
    const csv = (name: string) => el('li', {}, el('a', { href: address(diff(`/${name}`)), download: name }, name));
    return el(
      'div',
      { id: 'reports' },
      el('h2', {}, t('reports')),
      el(
        'ul',
        {},
        made(t('report_defects'), () => `${path}/validation`, 'application/json', 'validation.json'),
        ...(view.against
          ? [made(t('report_page'), () => diff(''), 'text/html', 'diff.html'), made(t('report_geojson'), () => diff(''), 'application/geo+json', 'diff.geojson'), csv('components.csv'), csv('posts.csv'), csv('codes.csv')]
          : []),
      ),
    );
  }
}

function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  el('a', { href: url, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function stateWord(state: string): 'draft' | 'checked' | 'published' | 'superseded' | 'scheduled' {
  return state === 'checked' || state === 'published' || state === 'superseded' || state === 'scheduled' ? state : 'draft';
}
