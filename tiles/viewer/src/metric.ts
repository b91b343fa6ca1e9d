// Metres around a place, and circles in them.

import type { MultiPolygon, Polygon, Position } from 'geojson';

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

  /** How much of the circle around the centre lies in this ground, square metres. */
  inCircle(ground: Polygon | MultiPolygon, radius: number): number {
    const parts = ground.type === 'Polygon' ? [ground.coordinates] : ground.coordinates;
    let sum = 0;
    for (const part of parts) {
      part.forEach((ring, at) => {
        let signed = 0;
        for (let i = 1; i < ring.length; i++) signed += wedge(this.metres(ring[i - 1]!), this.metres(ring[i]!), radius);
        // shells add and holes take away, whichever way they were written
        sum += at === 0 ? Math.abs(signed) : -Math.abs(signed);
      });
    }
    return Math.max(sum, 0);
  }
}

/** The signed area that the triangle of the origin and an edge shares with the circle around the origin. */
function wedge(a: [number, number], b: [number, number], radius: number): number {
  const cross = (p: [number, number], q: [number, number]) => p[0] * q[1] - p[1] * q[0];
  const dot = (p: [number, number], q: [number, number]) => p[0] * q[0] + p[1] * q[1];
  const sector = (p: [number, number], q: [number, number]) => (radius * radius * Math.atan2(cross(p, q), dot(p, q))) / 2;
  const d: [number, number] = [b[0] - a[0], b[1] - a[1]];
  const [aa, ab, ac] = [dot(d, d), dot(a, d), dot(a, a) - radius * radius];
  if (aa === 0) return 0;
  const root = ab * ab - aa * ac;
  if (root <= 0) return sector(a, b);
  const s = Math.max((-ab - Math.sqrt(root)) / aa, 0);
  const e = Math.min((-ab + Math.sqrt(root)) / aa, 1);
  if (s >= e) return sector(a, b);
  const at = (k: number): [number, number] => [a[0] + k * d[0], a[1] + k * d[1]];
  const [enter, leave] = [at(s), at(e)];
  return (s > 0 ? sector(a, enter) : 0) + cross(enter, leave) / 2 + (e < 1 ? sector(leave, b) : 0);
}
