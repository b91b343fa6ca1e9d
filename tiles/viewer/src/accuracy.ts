// The accuracy circle around a point: dragged on the map, and the grids that it may mean.

import { get } from './api';
import type { Units } from './answers';
import { el } from './dom';
import { maplibregl, type CityMap } from './city-map';
import { Plane } from './metric';
import { look, view } from './view';

export interface Candidate {
  code?: string;
  name?: string;
  name_en?: string;
  /** Of the circle's area; those of all candidates and of the ground outside add up to 1. */
  share: number;
}

/** More grids than this in a circle are no answer to anybody. */
const MOST_GRIDS = 60;

/** The grids that a circle reaches, largest share first, and what lies outside all of them; undefined where they are too many. */
export async function candidates(point: [number, number], radius: number, signal: AbortSignal): Promise<Candidate[] | undefined> {
  const plane = new Plane(point);
  const corner = plane.degrees(radius, radius);
  const box = [2 * point[0] - corner[0], 2 * point[1] - corner[1], ...corner].map((degrees) => degrees.toFixed(7)).join(',');
  const units = await get<Units & { links?: unknown }>('v1/grids', { bbox: box, limit: MOST_GRIDS }, signal);
  if (units.links) return undefined;
  const whole = Math.PI * radius * radius;
  const found: Candidate[] = units.features
    .map(({ geometry, properties }) => ({ code: properties.code, name: properties.name, name_en: properties.name_en, share: plane.inCircle(geometry, radius) / whole }))
    .filter((candidate) => candidate.share > 0.0005)
    .sort((a, b) => b.share - a.share);
  const outside = 1 - found.reduce((sum, candidate) => sum + candidate.share, 0);
  if (outside > 0.0005) found.push({ share: outside });
  return found;
}

/** The point and its circle on the map, with a grip for each. */
export class Accuracy {
  private readonly pin: maplibregl.Marker;
  private readonly grip: maplibregl.Marker;

  constructor(private readonly city: CityMap) {
    const pin = el('div', { class: 'pin' });
    const grip = el('div', { class: 'grip' });
    this.pin = new maplibregl.Marker({ element: pin, draggable: true }).setLngLat([0, 0]);
    this.grip = new maplibregl.Marker({ element: grip, draggable: true }).setLngLat([0, 0]);
    this.pin.on('drag', () => this.drawn(this.at(this.pin), view.radius));
    this.pin.on('dragend', () => look({ point: this.at(this.pin), grid: undefined }));
    this.grip.on('drag', () => view.point && this.drawn(view.point, this.reach(), false));
    this.grip.on('dragend', () => look({ radius: this.reach() }));
  }

  /** Puts both where the view says. */
  show(): void {
    if (!view.point) {
      this.pin.remove();
      this.grip.remove();
      this.city.draw('circle');
      return;
    }
    this.pin.setLngLat(view.point).addTo(this.city.map);
    this.drawn(view.point, view.radius);
  }

  private at(marker: maplibregl.Marker): [number, number] {
    const { lng, lat } = marker.getLngLat();
    return [lng, lat];
  }

  private reach(): number {
    if (!view.point) return 0;
    const [east, north] = new Plane(view.point).metres(this.at(this.grip));
    return Math.min(Math.max(Math.round(Math.hypot(east, north)), 1), 5000);
  }

  private drawn(point: [number, number], radius: number, moveGrip = true): void {
    if (radius <= 0) {
      this.grip.remove();
      this.city.draw('circle');
      return;
    }
    const plane = new Plane(point);
    this.city.draw('circle', { type: 'Feature', properties: {}, geometry: plane.circle(radius) });
    if (moveGrip) this.grip.setLngLat(plane.degrees(radius, 0)).addTo(this.city.map);
  }
}
