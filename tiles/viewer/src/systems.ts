// Coordinates in the systems of this market; the service converts.

import { get } from './api';
import type { Converted } from './answers';
import { t } from './words';

export interface System {
  id: string;
  label: string;
  projected: boolean;
}

/** The systems that a position near this longitude is written in. */
export function systemsAt(lon: number): System[] {
  const systems: System[] = [
    { id: 'wgs84', label: 'WGS 84 / CGCS2000', projected: false },
    { id: 'gcj02', label: 'GCJ-02', projected: false },
    { id: 'bd09', label: 'BD-09', projected: false },
  ];
  return systems.concat(zonesAt(lon));
}

/** Gauss-Krüger systems of CGCS2000 whose zones hold a longitude or lie beside it. */
export function zonesAt(lon: number): System[] {
  const zones: System[] = [];
  const nearest3 = Math.round(lon / 3);
  for (const zone of [nearest3, nearest3 - 1, nearest3 + 1]) {
    if (zone < 25 || zone > 45) continue;
    zones.push({ id: `EPSG:${4534 + zone - 25}`, label: t('zone3', zone * 3), projected: true });
    zones.push({ id: `EPSG:${4513 + zone - 25}`, label: t('zone3n', zone), projected: true });
  }
  const zone6 = Math.floor(lon / 6) + 1;
  if (zone6 >= 13 && zone6 <= 23) {
    zones.push({ id: `EPSG:${4502 + zone6 - 13}`, label: t('zone6', zone6 * 6 - 3), projected: true });
    zones.push({ id: `EPSG:${4491 + zone6 - 13}`, label: t('zone6n', zone6), projected: true });
  }
  return zones;
}

export const written = (lon: number, lat: number, projected: boolean): string =>
  projected ? `${lon.toFixed(2)}, ${lat.toFixed(2)}` : `${lon.toFixed(7)}, ${lat.toFixed(7)}`;

/** Two numbers as people type them; undefined where that is not what they are. */
export function read(text: string): [number, number] | undefined {
  const parts = text.trim().split(/[\s,，;；]+/).filter(Boolean);
  const [east, north] = parts.map(Number);
  return parts.length === 2 && Number.isFinite(east) && Number.isFinite(north) ? [east!, north!] : undefined;
}

export async function convert(lon: number, lat: number, from: string, to: string[], signal?: AbortSignal): Promise<Converted> {
  return get<Converted>('v1/crs', { lon, lat, from, to: to.join(',') }, signal);
}
