// What the service answers, as far as the page reads it.

import type { Feature, FeatureCollection, Geometry, MultiPolygon, Polygon } from 'geojson';

export interface Level {
  id: string;
  name: string;
  name_en?: string;
  units: number;
}

export interface Scheme {
  version: string;
  name: string;
  name_en?: string;
  levels: Level[];
  bbox?: [number, number, number, number];
}

export interface UnitRef {
  level: string;
  code: string;
  name?: string;
}

export interface Department {
  code: string;
  name?: string;
}

export interface NearComponent {
  code: string;
  class: string;
  name?: string;
  state?: string;
  distance_m: number;
}

export interface Candidate {
  /** Absent outside of all grids. */
  code?: string;
  name?: string;
  name_en?: string;
  outside?: true;
  /** How probable it is; those of all candidates add up to 1. */
  share: number;
}

export interface Located {
  status: 'inside' | 'near' | 'outside';
  grid?: UnitRef & { id: number; kind?: string };
  chain?: UnitRef[];
  overlays?: { code: string; name?: string; kind?: string }[];
  border_distance_m?: number;
  distance_m?: number;
  handlers?: { tier: number; department?: Department; reason?: string }[];
  posts?: { post: string; name?: string; vacant?: boolean; institution?: string }[];
  components?: NearComponent[];
  candidates?: Candidate[];
  unsettled_border?: { status?: string };
  managed_by?: unknown;
}

export interface UnitProperties {
  code: string;
  name?: string;
  name_en?: string;
  level: string;
  parent?: string;
  kind?: string;
  area_m2: number;
  households?: number;
  population?: number;
}

export type Units = FeatureCollection<Polygon | MultiPolygon, UnitProperties>;

export interface Neighbour extends Partial<UnitRef> {
  outside?: boolean;
  share: number;
  street?: string;
}

export type Unit = Feature<
  Polygon | MultiPolygon,
  UnitProperties & {
    parents: UnitRef[];
    neighbours: Partial<Record<'east' | 'south' | 'west' | 'north' | 'inside', Neighbour[]>>;
    components?: { class: string; name?: string; count: number }[];
  }
>;

export interface ComponentClass {
  object: 'component' | 'event';
  code: string;
  name: string;
  name_en?: string;
}

export interface Position {
  crs: string;
  lon: number;
  lat: number;
}

export interface Converted {
  from: Position;
  to: (Position | { crs: string; problem: { detail: string } })[];
}

export interface Plan {
  id: number;
  plan: string;
  state: string;
  version: string;
  grids: number;
  in_force?: boolean;
}

export interface Defect {
  id: string;
  kind: string;
  severity: 'error' | 'warning' | 'info';
  grids: string[];
  area_m2?: number;
  width_m?: number;
  length_m?: number;
  detail?: string;
  geometry?: Geometry;
}

export interface Validation {
  sound: boolean;
  seamless: boolean;
  grids: number;
  defects: Defect[];
}

export interface Change {
  kind: string;
  old: string[];
  new: string[];
  area_m2?: number;
  geometry?: Geometry;
}

export interface Diff {
  old: string;
  new: string;
  summary: Record<string, number>;
  changes: Change[];
  crosswalk: { old: string; new: string; area_m2: number; households?: number; components?: number }[];
}
