// Two plans: the map of one, and beside it or under a slider that of another, moved together.

import { CityMap } from './city-map';
import { byId, el, notice } from './dom';
import { styled } from './style-address';
import { look, on, view, type View } from './view';
import { t } from './words';

export class ComparedMaps {
  private other: CityMap | undefined;
  private otherPlan: string | undefined;
  private shown: string | undefined;
  private current: string | undefined;
  private readonly mapped = new Map<string, boolean>();
  private readonly slider: HTMLInputElement;

  constructor(private readonly city: CityMap) {
    this.slider = el('input', { id: 'slider', type: 'range', min: 0, max: 100, value: 50, 'aria-label': t('slider'), oninput: () => this.slide() });
    on(['off', 'hidden', 'without'], (now) => this.other?.apply(now));
    on(['style'], () => this.other?.setStyle(this.styled(this.otherPlan)));
    this.city.map.on('move', () => this.follow());
  }

  /** Whether a plan can be drawn: one that is not seamless has no tiles. */
  hasMap(plan: string, has: boolean): void {
    this.mapped.set(plan, has);
  }

  /** Which plan is in force: its map is the one that is there already. */
  inForce(plan: string | undefined): void {
    this.current = plan;
  }

  private styled(plan: string | undefined): ReturnType<typeof styled> {
    return styled(plan === this.current ? undefined : plan);
  }

  /** The plan on the main map: drawn from its own tiles where it has any. */
  get planDrawn(): string | undefined {
    return this.shown;
  }

  show(plan: string | undefined, against: string | undefined, way: View['compare']): void {
    const drawn = plan !== undefined && plan !== this.current && this.mapped.get(plan) ? plan : undefined;
    if (drawn !== this.shown) {
      this.shown = drawn;
      this.city.setStyle(styled(drawn));
    }
    const maps = byId('maps');
    maps.className = against === undefined ? '' : way;
    if (against === undefined) {
      this.other?.map.remove();
      this.other = undefined;
      document.getElementById('map2')?.remove();
    } else if (!document.getElementById('map2')) {
      void this.begin(against);
    } else if (this.otherPlan !== against) {
      this.otherPlan = against;
      this.other?.setStyle(this.styled(against));
    }
    if (against !== undefined && way === 'slide') maps.append(this.slider);
    else this.slider.remove();
    this.slide();
    this.city.map.resize();
    this.other?.map.resize();
    this.follow();
  }

  /** The second map, once its style is there. */
  private async begin(against: string): Promise<void> {
    const place = el('div', { id: 'map2' });
    byId('maps').append(place);
    this.otherPlan = against;
    this.slide();
    const style = await this.styled(against).catch((error: unknown) => notice((error as Error).message, true));
    // while it was on its way the comparison may have ended
    if (!style || !place.isConnected) return place.remove();
    this.other = new CityMap(place, style, { ...view, ...this.centre() });
    this.other.attribute();
    if (this.otherPlan !== against) this.other.setStyle(this.styled(this.otherPlan));
    const other = this.other.map;
    other.on('click', (event) => look({ point: [event.lngLat.lng, event.lngLat.lat], grid: undefined }));
    other.on('move', (event) => {
      if (!('following' in event)) this.lead();
    });
    this.follow();
  }

  private centre(): Pick<View, 'zoom' | 'lon' | 'lat'> {
    const { lng, lat } = this.city.map.getCenter();
    return { zoom: this.city.map.getZoom(), lon: lng, lat };
  }

  private slide(): void {
    const place = document.getElementById('map2');
    if (place) place.style.clipPath = view.compare === 'slide' ? `inset(0 ${100 - Number(this.slider.value)}% 0 0)` : '';
    byId('maps').style.setProperty('--slide', `${this.slider.value}%`);
  }

  private follow(): void {
    move(this.city, this.other);
  }

  private lead(): void {
    move(this.other, this.city);
  }
}

/** Puts one map where another is; nothing when it is there already, which ends the round of events. */
function move(from: CityMap | undefined, to: CityMap | undefined): void {
  if (!from || !to) return;
  const [center, zoom] = [from.map.getCenter(), from.map.getZoom()];
  const there = to.map.getCenter();
  if (Math.abs(there.lng - center.lng) < 1e-9 && Math.abs(there.lat - center.lat) < 1e-9 && Math.abs(to.map.getZoom() - zoom) < 1e-9) return;
  to.map.jumpTo({ center, zoom }, { following: true });
}
