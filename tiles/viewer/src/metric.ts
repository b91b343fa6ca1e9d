// Metres around a place, and circles in them.

import type { Polygon, Position } from 'geojson';

/** GRS 80, the ellipsoid of CGCS2000. */
const MAJOR_M = 6378137;
const FLATTENING = 1 / 298.257222101;

/** The plane that touches the ellipsoid at a place: metres east and north, good for some kilometres. */
export class Plane {
  private readonly eastM: number;
  private readonly northM: number;

  constructor(readonly centre: readonly [number, number]) {
    const phi = (centre[1] * Math.PI) / 180;
    const e2 = FLATTENING * (2 - FLATTENING);
    const w = 1 - e2 * Math.sin(phi) ** 2;
    const degree = Math.PI / 180;
    this.eastM = (MAJOR_M / Math.sqrt(w)) * Math.cos(phi) * degree;
    this.northM = ((MAJOR_M * (1 - e2)) / w ** 1.5) * degree;
  }

  metres(place: Position): [number, number] {
    return [(place[0]! - this.centre[0]) * this.eastM, (place[1]! - this.centre[1]) * this.northM];
  }

  degrees(east: number, north: number): [number, number] {
    return [this.centre[0] + east / this.eastM, this.centre[1] + north / this.northM];
  }

  circle(radius: number, points = 96): Polygon {
    const ring: Position[] = [];
    for (let i = 0; i <= points; i++) {
      const angle = (2 * Math.PI * (i % points)) / points;
      ring.push(this.degrees(radius * Math.cos(angle), radius * Math.sin(angle)));
    }
    return { type: 'Polygon', coordinates: [ring] };
  }
}
