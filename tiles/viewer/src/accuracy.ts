// The accuracy circle around a point: dragged on the map, and the grids that it may mean.

import { get } from './api';
import type { Candidate, Located } from './answers';
import { el } from './dom';
import { maplibregl, type CityMap } from './city-map';
import { Plane } from './metric';
import { look, view } from './view';

/** More grids than this in a circle are not listed one by one. */
export const MOST_LISTED = 60;

/** The grids that a position may be in which is known to so many metres, any place in the circle alike; the most probable first. */
export async function candidates(point: [number, number], radius: number, signal: AbortSignal): Promise<Candidate[]> {
  const [lon, lat] = point.map((degrees) => degrees.toFixed(7));
  const located = await get<Located>('v1/locate', { lon, lat, accuracy: radius, accuracy_model: 'uniform' }, signal);
  return located.candidates ?? [];
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
