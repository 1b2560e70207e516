// Our map style: pale land, white streets, soft water and green, few labels,
// and stations the loudest thing on it.
import type {
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import { absolute } from './drawn';
import type { Theme } from './theme';

export interface Shown {
  tiles: string;
  maxTileZoom: number;
  stations?: GeoJSON.FeatureCollection;
  stationTiles?: string;
  path?: GeoJSON.FeatureCollection;
  areas?: string;
  demand?: string;
  changes?: string;
  outline?: string;
  letters?: string;
  here?: [number, number];
  selected: string;
  chinese: boolean;
}

const face = ['Noto Sans CJK SC', 'sans-serif'];

export function style(shown: Shown, t: Theme): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {
    base: { type: 'vector', tiles: [absolute(shown.tiles)], minzoom: 0, maxzoom: shown.maxTileZoom },
    here: { type: 'geojson', data: points(shown.here ? [shown.here] : []) },
    path: { type: 'geojson', data: shown.path ?? points([]) },
    lead: { type: 'geojson', data: lead(shown) },
  };
  const layers: LayerSpecification[] = [...ground(t), ...streets(t)];
  if (shown.areas) {
    sources['areas'] = { type: 'geojson', data: absolute(shown.areas) };
    layers.push(...areas(t));
  }
  if (shown.demand) {
    sources['demand'] = { type: 'geojson', data: absolute(shown.demand) };
    layers.push(...demand(t));
    if (shown.changes) layers.push(...shifts(t));
  }
  if (shown.outline) {
    sources['outline'] = { type: 'geojson', data: absolute(shown.outline) };
    layers.push(...outline(t));
  }
  layers.push(streetNames(t, shown.chinese));
  if (shown.stationTiles) {
    sources['station-tiles'] = { type: 'vector', tiles: [absolute(shown.stationTiles)], maxzoom: shown.maxTileZoom };
    layers.push(manyDots(t));
  }
  layers.push(placeNames(t, shown.chinese));
  if (shown.outline) layers.push(outlineName(t));
  layers.push(...way(t)); // over every name: a way with holes in it leads nowhere
  if (shown.stationTiles) layers.push(manySymbols);
  if (shown.stations) {
    sources['stations'] = { type: 'geojson', data: shown.stations };
    layers.push(...stations(t, shown.selected));
  }
  if (shown.changes) {
    sources['changes'] = { type: 'geojson', data: absolute(shown.changes) };
    layers.push(...changes(t));
  }
  if (shown.letters) {
    sources['letters'] = { type: 'geojson', data: absolute(shown.letters) };
    layers.push(...letters(t));
  }
  layers.push(you());
  return { version: 8, sources, layers };
}

export function points(at: [number, number][]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: at.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } })),
  };
}

// lead joins the reader to the street where the way begins: over a yard or a
// field, which no street data knows.
function lead(shown: Shown): GeoJSON.FeatureCollection {
  const line = shown.path?.features[0]?.geometry;
  const start = line?.type === 'LineString' ? line.coordinates[0] : undefined;
  if (!shown.here || !start) return points([]);
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [shown.here, start] } }],
  };
}

function ground(t: Theme): LayerSpecification[] {
  return [
    { id: 'land', type: 'background', paint: { 'background-color': t.land } },
    { id: 'green', type: 'fill', source: 'base', 'source-layer': 'green', paint: { 'fill-color': t.green } },
    {
      id: 'water',
      type: 'fill',
      source: 'base',
      'source-layer': 'water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': t.water },
    },
    {
      id: 'river',
      type: 'line',
      source: 'base',
      'source-layer': 'water',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': t.water, 'line-width': byZoom(10, 0.8, 16, ['match', ['get', 'class'], 'river', 8, 3]) },
    },
    { id: 'square', type: 'fill', source: 'base', 'source-layer': 'square', paint: { 'fill-color': t.square } },
    {
      id: 'building',
      type: 'fill',
      source: 'base',
      'source-layer': 'building',
      minzoom: 13.5,
      paint: { 'fill-color': t.building, 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13.5, 0, 15, 1] },
    },
  ];
}

const wide: ExpressionSpecification = ['match', ['get', 'class'], ['motorway', 'primary', 'secondary'], true, false];
const walk: ExpressionSpecification = ['match', ['get', 'class'], ['path', 'steps', 'ferry'], true, false];

function byZoom(z1: number, v1: Width, z2: number, v2: Width): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.6], ['zoom'], z1, v1, z2, v2];
}
type Width = number | ExpressionSpecification;

function width(extra: number): ExpressionSpecification {
  const at = (motorway: number, secondary: number, tertiary: number, minor: number): ExpressionSpecification => [
    'match', ['get', 'class'],
    ['motorway', 'primary'], motorway + extra,
    'secondary', secondary + extra,
    'tertiary', tertiary + extra,
    minor + extra,
  ];
  return ['interpolate', ['exponential', 1.6], ['zoom'], 9, at(1.2, 0.7, 0.4, 0.2), 13, at(3, 2.2, 1.6, 0.9), 17, at(16, 13, 11, 8), 19, at(34, 28, 24, 18)];
}

function streets(t: Theme): LayerSpecification[] {
  const street = { type: 'line', source: 'base', 'source-layer': 'street' } as const;
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      ...street, id: 'street-casing', filter: ['!', walk], layout: round, minzoom: 12,
      paint: { 'line-color': t.casing, 'line-width': width(1.6) },
    },
    {
      ...street, id: 'street-walk', filter: ['match', ['get', 'class'], 'path', true, false], minzoom: 14, layout: round,
      paint: { 'line-color': t.path, 'line-width': byZoom(14, 0.8, 18, 3), 'line-dasharray': [2, 1.6] },
    },
    {
      ...street, id: 'street-steps', filter: ['==', ['get', 'class'], 'steps'], minzoom: 15,
      paint: { 'line-color': t.path, 'line-width': byZoom(15, 2, 18, 6), 'line-dasharray': [0.35, 0.35] },
    },
    {
      ...street, id: 'street-ferry', filter: ['==', ['get', 'class'], 'ferry'],
      paint: { 'line-color': t.quiet, 'line-width': 1, 'line-dasharray': [4, 4] },
    },
    {
      ...street, id: 'street', filter: ['!', walk],
      layout: { ...round, 'line-sort-key': ['case', wide, 1, 0] },
      paint: { 'line-color': t.street, 'line-width': width(0) },
    },
  ];
}

function way(t: Theme): LayerSpecification[] {
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      id: 'lead', type: 'line', source: 'lead', layout: { 'line-cap': 'round' },
      paint: { 'line-color': t.route, 'line-width': 4, 'line-dasharray': [0.1, 2] },
    },
    { id: 'way-casing', type: 'line', source: 'path', layout: round, paint: { 'line-color': t.paper, 'line-width': 10 } },
    { id: 'way', type: 'line', source: 'path', layout: round, paint: { 'line-color': t.route, 'line-width': 6 } },
  ];
}

function named(chinese: boolean): ExpressionSpecification {
  return ['coalesce', ['get', chinese ? 'name_zh' : 'name_en'], ['get', 'name']];
}

// From afar the main streets are named, the others once they are wide enough.
function streetNames(t: Theme, chinese: boolean): LayerSpecification {
  const main: ExpressionSpecification = ['match', ['get', 'class'], ['motorway', 'primary'], true, false];
  return {
    id: 'street-name', type: 'symbol', source: 'base', 'source-layer': 'street', minzoom: 9,
    filter: ['all', ['has', 'name'], ['any', main, ['all', wide, ['>=', ['zoom'], 12.5]], ['>=', ['zoom'], 15]]],
    layout: {
      'symbol-placement': 'line', 'text-field': named(chinese), 'text-font': face, 'symbol-spacing': ['step', ['zoom'], 120, 11.5, 220, 13, 340],
      'text-size': ['interpolate', ['linear'], ['zoom'], 13, 11, 17, 13.5], 'text-max-angle': 35, 'text-padding': ['interpolate', ['linear'], ['zoom'], 10, 3, 12, 12, 14, 6],
      'symbol-sort-key': ['match', ['get', 'class'], ['motorway', 'primary'], 0, 'secondary', 1, 'tertiary', 2, 3],
    },
    paint: { 'text-color': t.quiet, 'text-halo-color': t.halo, 'text-halo-width': 1.6 },
  };
}

// A city is named from afar only: who looks at its streets knows where they are.
// Districts are named as soon as the city is seen whole.
// A name that would lie under a station or the reader moves beside it.
function placeNames(t: Theme, chinese: boolean): LayerSpecification {
  return {
    id: 'place', type: 'symbol', source: 'base', 'source-layer': 'label',
    filter: ['match', ['get', 'class'], 'city', ['<', ['zoom'], 9], ['town', 'suburb'], true, ['>=', ['zoom'], 15]],
    layout: {
      'text-field': named(chinese), 'text-font': face, 'text-max-width': 8, 'text-padding': 8,
      'text-size': ['match', ['get', 'class'], 'city', 17, ['town', 'suburb'], 14, 12],
      'text-variable-anchor': ['center', 'bottom', 'top', 'left', 'right'], 'text-radial-offset': 1.1, 'text-justify': 'auto',
      'symbol-sort-key': ['get', 'rank'],
    },
    paint: {
      'text-color': ['match', ['get', 'class'], ['city', 'town'], t.text, t.quiet],
      'text-halo-color': t.halo, 'text-halo-width': 1.6,
    },
  };
}

// Reach is one hue from near to far, and none of those that cells are drawn in.
function areas(t: Theme): LayerSpecification[] {
  return [
    {
      id: 'area', type: 'fill', source: 'areas',
      layout: { 'fill-sort-key': ['-', 0, ['coalesce', ['get', 'minutes'], 15]] },
      paint: { 'fill-color': ['interpolate', ['linear'], ['coalesce', ['get', 'minutes'], 15], 5, t.near, 15, t.far], 'fill-opacity': 0.3 },
    },
    { id: 'area-edge', type: 'line', source: 'areas', paint: { 'line-color': t.near, 'line-width': 1.5, 'line-opacity': 0.8 } },
  ];
}

// Uncovered demand is hatched, so that it shows in print and to every eye.
function demand(t: Theme): LayerSpecification[] {
  const covered: ExpressionSpecification = ['coalesce', ['get', 'covered'], 0];
  // What a plan would gain stands out from what there is already.
  const colour: ExpressionSpecification = ['case', ['has', 'gained'], t.gained, ['step', covered, t.paper, 1, t.once, 2, t.twice]];
  const surface: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
  const dot: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
  return [
    { id: 'demand', type: 'fill', source: 'demand', filter: ['all', surface, ['>', covered, 0]], paint: { 'fill-color': colour, 'fill-opacity': 0.5 } },
    { id: 'demand-none', type: 'fill', source: 'demand', filter: ['all', surface, ['==', covered, 0]], paint: { 'fill-pattern': 'hatch' } },
    { id: 'demand-edge', type: 'line', source: 'demand', filter: surface, paint: { 'line-color': t.paper, 'line-width': 0.75, 'line-opacity': 0.8 } },
    {
      id: 'demand-dot', type: 'circle', source: 'demand', filter: ['all', dot, ['>', covered, 0]],
      paint: { 'circle-color': colour, 'circle-radius': byZoom(10, 3, 15, 9), 'circle-opacity': 0.7 },
    },
    {
      id: 'demand-dot-none', type: 'symbol', source: 'demand', filter: ['all', dot, ['==', covered, 0]],
      // It doubles with the scale like the cell it stands for (about 300 m).
      layout: { 'icon-image': 'hatch-dot', 'icon-allow-overlap': true, 'icon-size': ['interpolate', ['exponential', 2], ['zoom'], 8, 0.13, 12, 2.1] },
    },
  ];
}

// What a trial changes has a sign and an edge, thick for a first station and thin
// for a second, so that it shows in print and to every eye.
function shifts(t: Theme): LayerSpecification[] {
  const surface: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
  const shift: ExpressionSpecification = ['coalesce', ['get', 'shift'], ''];
  const up: ExpressionSpecification = ['match', shift, ['gain', 'more'], true, false];
  const down: ExpressionSpecification = ['match', shift, ['loss', 'fewer'], true, false];
  const first: ExpressionSpecification = ['match', shift, ['gain', 'loss'], true, false];
  const edge: ExpressionSpecification = ['case', first, 2.5, 1.25];
  const any: ExpressionSpecification = ['!=', shift, ''];
  return [
    { id: 'shift', type: 'fill', source: 'demand', filter: ['all', surface, any], paint: { 'fill-color': ['case', up, t.open, t.uncovered], 'fill-opacity': ['case', first, 0.3, 0.12] } },
    { id: 'shift-up', type: 'line', source: 'demand', filter: ['all', surface, up], paint: { 'line-color': t.open, 'line-width': edge } },
    { id: 'shift-down', type: 'line', source: 'demand', filter: ['all', surface, down], paint: { 'line-color': t.uncovered, 'line-width': edge, 'line-dasharray': [2, 1] } },
    {
      id: 'shift-sign', type: 'symbol', source: 'demand', filter: any,
      layout: {
        'icon-image': ['concat', 'shift-', ['case', up, 'up', 'down'], '-', ['case', first, 'first', 'second']],
        'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.4, 13, 0.8, 15, 1],
      },
    },
  ];
}

// grown is a size that suits a whole city first and a street in the end.
function grown(far: number, near: number): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], 10.5, far, 15, near];
}

// The stations of a trial lie over those that there are, larger and with a mark.
function changes(t: Theme): LayerSpecification[] {
  const act: ExpressionSpecification = ['coalesce', ['get', 'act'], ''];
  const standing: ExpressionSpecification = ['all', ['==', ['geometry-type'], 'Point'], ['match', act, ['closed', 'from'], false, true]];
  return [
    {
      id: 'change-way', type: 'line', source: 'changes', filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-cap': 'round' }, paint: { 'line-color': t.text, 'line-width': 2.5, 'line-dasharray': [0.1, 2] },
    },
    {
      id: 'change-ring', type: 'circle', source: 'changes', filter: standing,
      paint: { 'circle-radius': grown(8, 18), 'circle-color': t.here, 'circle-opacity': 0.35, 'circle-stroke-color': t.here, 'circle-stroke-width': 2 },
    },
    { id: 'change', type: 'symbol', source: 'changes', filter: standing, layout: { 'icon-image': picture, 'icon-allow-overlap': true, 'icon-size': grown(0.4, 1) } },
    {
      id: 'change-mark', type: 'symbol', source: 'changes', filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'icon-image': ['concat', 'act-', act], 'icon-allow-overlap': true, 'icon-size': grown(0.55, 1),
        'icon-offset': ['match', act, ['closed', 'from'], ['literal', [0, 0]], ['literal', [13, -13]]],
      },
    },
    {
      id: 'change-name', type: 'symbol', source: 'changes', minzoom: 14, filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['coalesce', ['get', 'name'], ''], 'text-font': face, 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 1.5],
        'text-max-width': 9, 'text-optional': true,
      },
      paint: { 'text-color': t.text, 'text-halo-color': t.halo, 'text-halo-width': 2 },
    },
  ];
}

// An area that misses its target is dashed, so that colour is not alone.
function outline(t: Theme): LayerSpecification[] {
  const missed: ExpressionSpecification = ['==', ['get', 'verdict'], 'missed'];
  const colour: ExpressionSpecification = ['match', ['get', 'verdict'], 'missed', t.uncovered, 'met', t.open, t.quiet];
  return [
    { id: 'outline-fill', type: 'fill', source: 'outline', paint: { 'fill-color': colour, 'fill-opacity': 0.06 } },
    { id: 'outline-halo', type: 'line', source: 'outline', paint: { 'line-color': t.halo, 'line-width': 5, 'line-opacity': 0.7 } },
    { id: 'outline', type: 'line', source: 'outline', filter: ['!', missed], paint: { 'line-color': colour, 'line-width': 2.5 } },
    { id: 'outline-missed', type: 'line', source: 'outline', filter: missed, paint: { 'line-color': colour, 'line-width': 2.5, 'line-dasharray': [2, 1.2] } },
  ];
}

// Complaints: what is in hand is filled, what is closed for a stage has a thick edge, what is closed is hollow.
function letters(t: Theme): LayerSpecification[] {
  const by = (working: string, staged: string, closed: string): ExpressionSpecification => ['match', ['get', 'state'], 'closed', closed, 'staged', staged, working];
  return [
    {
      id: 'letter', type: 'circle', source: 'letters', layout: { 'circle-sort-key': ['match', ['get', 'state'], 'closed', 0, 'staged', 1, 2] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 10, 6, 22],
        'circle-color': by(t.uncovered, t.paper, t.paper),
        'circle-opacity': 0.92,
        'circle-stroke-color': by(t.paper, t.here, t.open),
        'circle-stroke-width': ['match', ['get', 'state'], 'staged', 4, 'closed', 2, 1.5],
      },
    },
    {
      id: 'letter-count', type: 'symbol', source: 'letters',
      layout: { 'text-field': ['to-string', ['get', 'n']], 'text-font': face, 'text-size': 13, 'text-allow-overlap': true, 'symbol-sort-key': ['match', ['get', 'state'], 'closed', 0, 'staged', 1, 2] },
      paint: { 'text-color': by(t.paper, t.text, t.open) },
    },
  ];
}

function outlineName(t: Theme): LayerSpecification {
  return {
    id: 'outline-name', type: 'symbol', source: 'outline', filter: ['==', ['get', 'kind'], 'key'],
    layout: { 'text-field': ['get', 'name'], 'text-font': face, 'text-size': 14, 'text-max-width': 8, 'text-padding': 4 },
    paint: { 'text-color': t.text, 'text-halo-color': t.halo, 'text-halo-width': 2 },
  };
}

const picture: ExpressionSpecification = ['concat', 'station-', ['coalesce', ['get', 'kind'], 'standard'], '-', ['coalesce', ['get', 'open'], 'unknown']];

const many = { source: 'station-tiles', 'source-layer': 'station' } as const;

// From afar a station is a small dot; what is shut is smaller, paler and below.
function manyDots(t: Theme): LayerSpecification {
  const by = (open: number, unknown: number, shut: number): ExpressionSpecification => ['match', ['get', 'open'], 'open', open, 'closed', shut, unknown];
  return {
    ...many, id: 'station-dot', type: 'circle', maxzoom: 13,
    layout: { 'circle-sort-key': by(2, 1, 0) },
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 4, by(1.5, 1.2, 0.8), 10, by(2.75, 2.25, 1.75), 13, by(5, 4.5, 3.5)],
      'circle-color': ['match', ['get', 'open'], 'open', t.open, 'closed', t.closed, t.paper],
      'circle-opacity': ['match', ['get', 'open'], 'closed', 0.5, 1],
      'circle-stroke-color': ['match', ['get', 'open'], 'open', t.paper, 'closed', t.paper, t.unknown],
      'circle-stroke-opacity': ['match', ['get', 'open'], 'closed', 0.5, 1],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 10, 0.75, 13, 1.25],
    },
  };
}

const manySymbols: LayerSpecification = {
  ...many, id: 'station-tile', type: 'symbol', minzoom: 13,
  layout: {
    'icon-image': picture, 'icon-allow-overlap': true, 'icon-size': ['match', ['get', 'open'], 'closed', 0.65, 0.8],
    'symbol-sort-key': ['match', ['get', 'open'], 'open', 2, 'closed', 0, 1],
  },
  paint: { 'icon-opacity': ['match', ['get', 'open'], 'closed', 0.55, 1] },
};

// The ring of the marked station is a layer of its own, so that marking another
// changes a filter and moves nothing.
export function isStation(id: string): ExpressionSpecification {
  return ['==', ['to-string', ['get', 'id']], id];
}

function stations(t: Theme, selected: string): LayerSpecification[] {
  const ranked: ExpressionSpecification = ['>', ['coalesce', ['get', 'rank'], 0], 0];
  return [
    {
      id: 'station-ring', type: 'circle', source: 'stations', filter: isStation(selected),
      paint: { 'circle-radius': 21, 'circle-color': t.here, 'circle-opacity': 0.45, 'circle-stroke-color': t.here, 'circle-stroke-width': 2.5 },
    },
    {
      id: 'station', type: 'symbol', source: 'stations',
      layout: {
        'icon-image': picture, 'icon-allow-overlap': true,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, ['case', ranked, 0.8, 0.45], 15, 1],
        'text-field': ['case', ranked, ['to-string', ['get', 'rank']], ''], 'text-font': face, 'text-size': 13, 'text-allow-overlap': true,
        'text-offset': ['match', ['get', 'kind'], 'mobile', ['literal', [0, 0.25]], ['literal', [0, 0]]],
        'symbol-sort-key': ['-', 0, ['coalesce', ['get', 'rank'], 999]],
      },
      paint: { 'text-color': ['match', ['get', 'open'], ['open', 'closing'], t.paper, 'closed', t.closed, t.unknown] },
    },
    {
      id: 'station-name', type: 'symbol', source: 'stations', minzoom: 14.5,
      layout: {
        'text-field': ['get', 'name'], 'text-font': face, 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 1.4],
        'text-max-width': 9, 'text-optional': true, 'symbol-sort-key': ['coalesce', ['get', 'rank'], 999],
      },
      paint: { 'text-color': t.text, 'text-halo-color': t.halo, 'text-halo-width': 2 },
    },
  ];
}

function you(): LayerSpecification {
  return {
    id: 'here', type: 'symbol', source: 'here', // no circle: names keep clear of symbols only
    layout: { 'icon-image': 'here', 'icon-allow-overlap': true },
  };
}
