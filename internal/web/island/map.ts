// The map of a page: reads what to draw from the data- attributes that
// web.MapView writes, and keeps the marked station the same as in the list.
import { type GeoJSONSource, LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import { nowStands } from './drawn';
import { sendPosition } from './locate';
import { isStation, points, style, type Shown } from './style';
import { drawMissing } from './symbols';
import { onThemeChange, theme } from './theme';

const maxTileZoom = 14;
const assets = new URL('.', import.meta.url);
setWorkerUrl(new URL('map-worker.mjs', assets).href);

export async function startMap(canvas: HTMLElement): Promise<void> {
  canvas.dataset['started'] = '';
  try {
    if (!document.createElement('canvas').getContext('webgl2')) throw new Error('no WebGL 2');
    const [shown] = await Promise.all([read(canvas), styleSheet()]);
    draw(canvas, shown);
  } catch (cause) {
    fail(canvas, cause);
  }
}

function fail(canvas: HTMLElement, cause: unknown): void {
  const words = document.createElement('p');
  words.className = 'map-waiting';
  words.textContent = canvas.dataset['textFailed'] ?? '';
  canvas.replaceChildren(words);
  document.body.dataset['maperror'] = String(cause);
}

function styleSheet(): Promise<void> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('map.css', assets).href;
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => reject(new Error('map.css did not load'));
  });
}

async function read(canvas: HTMLElement): Promise<Shown> {
  const d = canvas.dataset;
  const [stations, path] = await Promise.all([features(d['stations']), features(d['path'])]);
  const here = numbers(d['here']);
  return {
    tiles: d['tiles'] ?? '',
    maxTileZoom,
    selected: d['selected'] ?? '',
    chinese: document.documentElement.lang.startsWith('zh'),
    ...(stations && { stations }),
    ...(path && { path }),
    ...(d['stationTiles'] && { stationTiles: d['stationTiles'] }),
    ...(d['demand'] && { demand: d['demand'] }),
    ...(d['changes'] && { changes: d['changes'] }),
    ...(d['outline'] && { outline: d['outline'] }),
    ...(d['letters'] && { letters: d['letters'] }),
    ...(here.length === 2 && { here: [here[0], here[1]] as [number, number] }),
  };
}

async function features(address: string | undefined): Promise<GeoJSON.FeatureCollection | undefined> {
  if (!address) return undefined;
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(`the map's data could not be loaded (${answer.status})`);
  const data = (await answer.json()) as GeoJSON.FeatureCollection | GeoJSON.Feature;
  return data.type === 'Feature' ? { type: 'FeatureCollection', features: [data] } : data;
}

function numbers(text: string | undefined): number[] {
  return text ? text.split(',').map(Number) : [];
}

function draw(canvas: HTMLElement, shown: Shown): void {
  const d = canvas.dataset;
  canvas.replaceChildren();
  const map = new MapLibre({
    container: canvas,
    style: style(shown, theme()),
    ...view(canvas, shown),
    maxZoom: 19,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    fadeDuration: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150,
    attributionControl: d['attribution'] ? { compact: false, customAttribution: escape(d['attribution']) } : false,
    localIdeographFontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    locale: {
      'NavigationControl.ZoomIn': d['textIn'] ?? '',
      'NavigationControl.ZoomOut': d['textOut'] ?? '',
      'Map.Title': d['textMap'] ?? '',
    },
  });
  map.touchZoomRotate.disableRotation();
  map.setMissingStyleImageResolver((id) => drawMissing(map, id));
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-left');
  if ('schematic' in d) {
    const words = document.createElement('p');
    words.className = 'map-schematic';
    words.textContent = d['textSchematic'] ?? '';
    canvas.append(words);
  }
  map.on('error', ({ error }) => {
    document.body.dataset['maperror'] = `${document.body.dataset['maperror'] ?? ''}${error.message};`;
  });
  map.on('idle', () => {
    canvas.dataset['layers'] = map.getLayersOrder().join(' ');
    document.body.dataset['map'] = 'idle';
  });
  map.on('resize', () => (document.body.dataset['map'] = 'drawing'));
  onThemeChange(() => map.setStyle(style(shown, theme()), { diff: false }));
  followReach(map, canvas, shown);
  if (!('trial' in d)) {
    followList(map, canvas, shown);
    followTaps(map, canvas, shown);
    followPlace(map, canvas, shown);
  }
  nowStands({ map, shown });
}

function escape(text: string): string {
  const span = document.createElement('span');
  span.textContent = text;
  return span.innerHTML;
}

// view is where the map opens: on the way if there is one, else on the reader
// and the first few stations, else on the city.
function view(canvas: HTMLElement, shown: Shown) {
  const bounds = new LngLatBounds();
  if (shown.here) bounds.extend(shown.here);
  for (const f of shown.path?.features ?? []) {
    if (f.geometry.type === 'LineString') f.geometry.coordinates.forEach((at) => bounds.extend([at[0] ?? 0, at[1] ?? 0]));
  }
  if (shown.here && !shown.path) {
    for (const f of shown.stations?.features ?? []) {
      const rank = Number(f.properties?.['rank'] ?? 0);
      if (rank > 0 && rank <= 4 && f.geometry.type === 'Point') bounds.extend([f.geometry.coordinates[0] ?? 0, f.geometry.coordinates[1] ?? 0]);
    }
  }
  if (!bounds.isEmpty()) return { bounds, fitBoundsOptions: { padding: { top: 56, bottom: 56, left: 40, right: 72 }, maxZoom: 16 } };
  const [west = 73, south = 18, east = 135, north = 54] = numbers(canvas.dataset['box']);
  return { bounds: new LngLatBounds([west, south], [east, north]), fitBoundsOptions: { padding: 16 } };
}

// followReach draws what is within reach when the reader asks for it: over the cells
// of a coverage it would be a second answer to the same question.
function followReach(map: MapLibre, canvas: HTMLElement, shown: Shown): void {
  const box = canvas.parentElement?.querySelector<HTMLInputElement>('[data-map-reach]');
  const areas = canvas.dataset['areas'];
  if (!box || !areas) return;
  box.closest<HTMLElement>('.map-switch')!.hidden = false;
  const follow = () => {
    if (box.checked) shown.areas = areas;
    else delete shown.areas;
    document.body.dataset['map'] = 'drawing';
    map.setStyle(style(shown, theme()));
  };
  box.addEventListener('change', follow);
  if (box.checked) follow(); // the browser brought the page back as it was
}

function card(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-station="${CSS.escape(id)}"]`);
}

// followList marks on the map the card under the pointer or the keyboard, and
// otherwise the selected one.
function followList(map: MapLibre, canvas: HTMLElement, shown: Shown): void {
  const mark = (id: string) => {
    canvas.dataset['marked'] = id;
    if (map.getLayer('station-ring')) map.setFilter('station-ring', isStation(id));
  };
  for (const element of document.querySelectorAll<HTMLElement>('[data-station]')) {
    const id = element.dataset['station'] ?? '';
    for (const on of ['pointerenter', 'focusin']) element.addEventListener(on, () => mark(id));
    for (const off of ['pointerleave', 'focusout']) element.addEventListener(off, () => mark(shown.selected));
  }
}

// followTaps: a tap on a station shows it in the list or opens its page; a tap
// beside one says "I am here".
function followTaps(map: MapLibre, canvas: HTMLElement, shown: Shown): void {
  const layers = () => ['station', 'station-tile', 'letter'].filter((id) => map.getLayer(id));
  map.on('mousemove', ({ point }) => {
    map.getCanvas().style.cursor = map.queryRenderedFeatures(point, { layers: layers() }).length > 0 ? 'pointer' : '';
  });
  map.on('click', ({ point, lngLat }) => {
    const near: [[number, number], [number, number]] = [[point.x - 12, point.y - 12], [point.x + 12, point.y + 12]];
    const hit = map.queryRenderedFeatures(near, { layers: layers() })[0];
    if (hit) {
      choose(map, shown, String(hit.properties['id']), String(hit.properties['href'] ?? ''));
      return;
    }
    const form = document.getElementById(canvas.dataset['pick'] ?? '');
    if (form instanceof HTMLFormElement) sendPosition(form, lngLat.lng, lngLat.lat);
  });
}

// followPlace shows the place that the form of the map has noted.
function followPlace(map: MapLibre, canvas: HTMLElement, shown: Shown): void {
  const form = document.getElementById(canvas.dataset['pick'] ?? '');
  if (!(form instanceof HTMLFormElement) || !('place' in form.dataset)) return;
  const show = (at?: [number, number]) => {
    if (at) shown.here = at;
    else delete shown.here;
    map.getSource<GeoJSONSource>('here')?.setData(points(at ? [at] : []));
  };
  form.addEventListener('place', (e) => {
    const at = (e as CustomEvent<[number, number]>).detail;
    show(at);
    if (!map.getBounds().contains(at)) map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), 15) });
  });
  form.addEventListener('noplace', () => show());
}

function choose(map: MapLibre, shown: Shown, id: string, href: string): void {
  const element = card(id);
  if (!element) {
    if (href.startsWith('/')) location.assign(href);
    return;
  }
  document.querySelectorAll('[data-station][aria-current]').forEach((other) => other.removeAttribute('aria-current'));
  element.setAttribute('aria-current', 'true');
  element.scrollIntoView({ block: 'nearest', behavior: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  element.querySelector('a')?.focus({ preventScroll: true });
  shown.selected = id;
  map.setFilter('station-ring', isStation(id));
}
