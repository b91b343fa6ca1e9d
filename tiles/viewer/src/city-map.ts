// One map of the city: the service's style, what is switched off in it, and drawings above it.

import * as maplibregl from 'maplibre-gl';
import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection, GeoJSON } from 'geojson';
import { notice } from './dom';
import { t } from './words';
import type { View } from './view';

maplibregl.setWorkerUrl(workerUrl);
// the worker begins while the page is still at its first steps
maplibregl.prewarm();

/** Letters come from these fonts of the reader's own machine. */
export const FONTS = "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

interface Meta {
  'wangge:part'?: string;
  'wangge:level'?: string;
  'wangge:rank'?: number;
}

/** What is drawn above the city, each from data of its own. */
export type Drawing = 'unit' | 'circle' | 'defects' | 'changes' | 'file';

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

type Drawn = LayerSpecification & { source: Drawing };

const line = (id: string, source: Drawing, color: string, width: number, filter?: FilterSpecification): Drawn => ({
  id,
  type: 'line',
  source,
  ...(filter ? { filter } : {}),
  layout: { 'line-join': 'round', 'line-cap': 'round' },
  paint: { 'line-color': color, 'line-width': width },
});

const chosen: FilterSpecification = ['==', ['get', 'chosen'], true];

/** From below to above. They are on the map once there is something to draw. */
const DRAWN: Drawn[] = [
  line('file-rim', 'file', '#1d5fbf', 1.5),
  { id: 'changes-ground', type: 'fill', source: 'changes', paint: { 'fill-color': '#e88a00', 'fill-opacity': 0.4 } },
  line('changes-rim', 'changes', '#a85f00', 1.5),
  { id: 'unit-ground', type: 'fill', source: 'unit', paint: { 'fill-color': '#ffd400', 'fill-opacity': 0.25 } },
  line('unit-halo', 'unit', '#ffffff', 5),
  line('unit-rim', 'unit', '#1a1a1a', 2.5),
  { id: 'circle-ground', type: 'fill', source: 'circle', paint: { 'fill-color': '#1d5fbf', 'fill-opacity': 0.15 } },
  line('circle-rim', 'circle', '#1d5fbf', 2),
  { id: 'defects-ground', type: 'fill', source: 'defects', paint: { 'fill-color': '#e00000', 'fill-opacity': 0.45 } },
  line('defects-rim', 'defects', '#e00000', 2),
  line('defects-chosen', 'defects', '#000000', 4, chosen),
  {
    id: 'defects-spot',
    type: 'circle',
    source: 'defects',
    filter: ['==', ['get', 'spot'], true],
    paint: {
      'circle-radius': ['case', chosen, 10, 6],
      'circle-color': ['match', ['get', 'severity'], 'error', '#e00000', 'warning', '#e88a00', '#5f6b76'],
      'circle-stroke-color': ['case', chosen, '#000000', '#ffffff'],
      'circle-stroke-width': 2,
    },
  },
];

export class CityMap {
  readonly map: maplibregl.Map;
  private readonly data = new Map<Drawing, GeoJSON>();
  private fillZooms = new Map<string, number>();
  private labelZooms = new Map<string, { min: number; max: number }>();
  private filters = new Map<string, FilterSpecification | undefined>();
  private view: View;
  /** Whether a style is there, to add to. */
  private begun = false;
  /** The symbols of the first style, while they are not asked for. */
  private sprite: string | undefined;
  private awaited: Promise<StyleSpecification> | undefined;
  private hovered: { sourceLayer: string; id: number | string } | undefined;

  constructor(container: HTMLElement, style: StyleSpecification, view: View, bounds?: [number, number, number, number]) {
    this.view = view;
    const { sprite, ...unadorned } = style;
    if (typeof sprite === 'string') this.sprite = sprite;
    const known = Number.isFinite(view.zoom);
    this.map = new maplibregl.Map({
      container,
      style: this.sprite ? unadorned : style,
      localIdeographFontFamily: FONTS,
      attributionControl: false,
      maxZoom: 20,
      dragRotate: false,
      pitchWithRotate: false,
      rollEnabled: false,
      fadeDuration: 0,
      ...(known ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom } : bounds ? { bounds, fitBoundsOptions: { padding: 24 } } : {}),
      locale: { 'Map.Title': t('map_label') },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.on('style.load', () => this.begin());
    this.map.on('idle', () => (container.dataset.state = 'idle'));
    this.map.on('dataloading', () => (container.dataset.state = 'loading'));
    this.map.on('movestart', () => (container.dataset.state = 'moving'));
    this.map.on('mousemove', (event) => this.hover(event.point));
    this.map.on('mouseout', () => this.hover(undefined));
  }

  /** Says whose the data are. */
  attribute(): void {
    this.map.addControl(new maplibregl.AttributionControl({ compact: true }));
  }

  /** Draws the city by another style, as soon as it is there; of several that are on their way the last. */
  setStyle(style: Promise<StyleSpecification>): void {
    this.awaited = style;
    style.then(
      (ready) => {
        if (this.awaited !== style) return;
        this.begun = false;
        this.map.setStyle(ready, { diff: false });
      },
      (error: unknown) => this.awaited === style && notice((error as Error).message, true),
    );
  }

  /** Draws above the city; nothing without data. */
  draw(what: Drawing, data: GeoJSON = NOTHING): void {
    this.data.set(what, data);
    const source = this.map.getSource<maplibregl.GeoJSONSource>(what);
    if (source) void source.setData(data);
    else if (this.begun && data !== NOTHING) this.lay(what);
  }

  /** Adds what a drawing is made of, each layer below those that stand above it. */
  private lay(what: Drawing): void {
    this.map.addSource(what, { type: 'geojson', data: this.data.get(what) ?? NOTHING });
    DRAWN.forEach((layer, at) => {
      if (layer.source !== what) return;
      const above = DRAWN.slice(at + 1).find((other) => this.map.getLayer(other.id));
      this.map.addLayer(layer, above?.id);
    });
  }

  /** Shows and hides what the view says. */
  apply(view: View): void {
    this.view = view;
    if (!this.map.isStyleLoaded() && this.filters.size === 0) return;
    const layers = this.map.getStyle().layers;
    const meta = (layer: LayerSpecification): Meta => (layer.metadata ?? {}) as Meta;
    const isOn = (level: string | undefined) => level !== undefined && !view.off.includes(level);
    // the ranks of levels that are on, from the top: what is off is drawn as the next one below
    const ranks = layers.filter((layer) => meta(layer)['wangge:part'] === 'border' && isOn(meta(layer)['wangge:level'])).map((layer) => meta(layer)['wangge:rank']!);
    ranks.sort((a, b) => a - b);
    const ranksOf = new Map(layers.filter((layer) => meta(layer)['wangge:part'] === 'border').map((layer) => [meta(layer)['wangge:level'] ?? '', meta(layer)['wangge:rank'] ?? 0]));
    const fills = layers.filter((layer) => meta(layer)['wangge:part'] === 'fill' && isOn(meta(layer)['wangge:level'])).map((layer) => layer.id);
    for (const layer of layers) {
      const { 'wangge:part': part, 'wangge:level': level, 'wangge:rank': rank } = meta(layer);
      if (!part) continue;
      const shown = part === 'base' || part === 'special' || part === 'component' || part === 'base-map' ? !view.hidden.includes(part === 'base-map' ? 'base' : part) : isOn(level);
      this.map.setLayoutProperty(layer.id, 'visibility', shown ? 'visible' : 'none');
      if (part === 'border' && rank !== undefined) {
        const above = ranks[ranks.indexOf(rank) - 1] ?? -1;
        this.map.setFilter(layer.id, ['all', ['>', ['get', 'rank'], above], ['<=', ['get', 'rank'], rank]]);
      }
      if (part === 'fill') {
        const next = fills[fills.indexOf(layer.id) + 1];
        this.map.setLayerZoomRange(layer.id, this.fillZooms.get(layer.id) ?? 0, next ? Math.max(this.fillZooms.get(next) ?? 24, this.fillZooms.get(layer.id) ?? 0) : 24);
      }
      if (part === 'label') {
        const zooms = this.labelZooms.get(layer.id);
        const below = layers.some((other) => meta(other)['wangge:part'] === 'border' && (meta(other)['wangge:rank'] ?? 0) > (ranksOf.get(level ?? '') ?? 0) && isOn(meta(other)['wangge:level']));
        if (zooms) this.map.setLayerZoomRange(layer.id, zooms.min, below ? zooms.max : 24);
      }
      if (part === 'component') {
        const own = this.filters.get(layer.id);
        const without: FilterSpecification = ['!', ['in', ['slice', ['get', 'class'], 0, 2], ['literal', view.without]]];
        this.map.setFilter(layer.id, own ? (['all', own, without] as FilterSpecification) : without);
      }
    }
  }

  private begin(): void {
    this.filters.clear();
    this.fillZooms.clear();
    this.labelZooms.clear();
    for (const layer of this.map.getStyle().layers) {
      if ('filter' in layer) this.filters.set(layer.id, layer.filter);
      if (layer.type === 'fill' && layer.id.startsWith('fill-')) this.fillZooms.set(layer.id, layer.minzoom ?? 0);
      if (layer.type === 'symbol' && layer.id.startsWith('label-')) this.labelZooms.set(layer.id, { min: layer.minzoom ?? 0, max: layer.maxzoom ?? 24 });
    }
    this.begun = true;
    if (this.sprite) this.adorn(this.sprite);
    for (const [what, data] of this.data) if (data !== NOTHING) this.lay(what);
    // a style that is new shows everything
    const { off, hidden, without } = this.view;
    if (off.length + hidden.length + without.length > 0) this.apply(this.view);
  }

  /** Has the symbols there: at once where the first picture shows any, else after it, as reading them takes a tenth of a second. */
  private adorn(sprite: string): void {
    this.sprite = undefined;
    const isShown = (layer: LayerSpecification) => (layer.minzoom ?? 0) <= this.map.getZoom() && JSON.stringify(layer).search(/"(icon-image|fill-pattern)"/) >= 0;
    const now = this.map.getStyle().layers.some(isShown);
    const add = () => this.begun && !this.map.getStyle().sprite && this.map.setSprite(sprite);
    if (now) add();
    else this.map.once('idle', add);
  }

  private hover(point: maplibregl.Point | undefined): void {
    const layers = [...this.fillZooms.keys()].filter((id) => this.map.getLayer(id));
    const found = point && layers.length > 0 ? this.map.queryRenderedFeatures(point, { layers })[0] : undefined;
    const next = found?.id !== undefined && found.sourceLayer ? { sourceLayer: found.sourceLayer, id: found.id } : undefined;
    if (next?.id === this.hovered?.id && next?.sourceLayer === this.hovered?.sourceLayer) return;
    if (this.hovered && this.map.getSource('city')) this.map.setFeatureState({ source: 'city', ...this.hovered }, { hover: false });
    if (next) this.map.setFeatureState({ source: 'city', ...next }, { hover: true });
    this.hovered = next;
  }
}

export { maplibregl };
