// Trying changes out. The address holds the whole trial, and the server makes
// the page and the sheets; this only fetches them, so that the map stays, and
// turns taps, drags and boxes into the addresses that a form would lead to.
import type { GeoJSONSource, LngLat, Map as MapLibre, MapMouseEvent, Point, VectorTileSource } from 'maplibre-gl';
import { absolute, whenDrawn, type Drawn } from './drawn';

const parts = ['top', 'rest'];
let state: Drawn | undefined;
let busy: AbortController | undefined;
let steps = 0; // forward in the history of this trial, so that undo can go back
let ahead = 0; // how many undone steps may be redone
let pending: ((at: LngLat) => void) | undefined; // what the next tap on the map means

export function startTrial(): void {
  whenDrawn((d) => {
    state = d;
    followMap(d.map);
  });
  document.addEventListener('click', onClick);
  document.addEventListener('submit', onSubmit);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') dismiss();
  });
  window.addEventListener('popstate', () => void load(location.href, false));
  show();
}

function words(name: string): string {
  return document.querySelector<HTMLElement>('[data-words]')?.dataset[name] ?? '';
}

// show brings out what works only with this script.
function show(): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-boxing], [data-move]')) button.hidden = false;
  for (const button of document.querySelectorAll<HTMLElement>('[data-redo]')) button.hidden = ahead === 0;
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
  const hit = event.target.closest<HTMLElement>('[data-undo], [data-redo], a[data-trial], a[data-sheet], [data-move], [data-boxing], [data-dismiss]');
  if (!hit) return;
  event.preventDefault();
  const address = hit instanceof HTMLAnchorElement ? hit.href : '';
  if ('undo' in hit.dataset && steps > 0) {
    ahead++;
    steps--;
    history.back();
  } else if ('redo' in hit.dataset) {
    ahead--;
    steps++;
    history.forward();
  } else if ('move' in hit.dataset) {
    move(hit.dataset['move'] ?? '');
  } else if ('boxing' in hit.dataset) {
    box();
  } else if ('dismiss' in hit.dataset) {
    dismiss();
  } else if ('sheet' in hit.dataset) {
    void openSheet(address);
  } else {
    void load(address, true);
  }
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== 'get' || !('trial' in form.dataset || 'sheet' in form.dataset)) return;
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) {
    if (typeof value === 'string' && value !== '') query.append(name, value);
  }
  const address = `${new URL(form.action).pathname}?${query}`;
  if ('sheet' in form.dataset) void openSheet(address);
  else void load(address, true);
}

async function get(address: string): Promise<{ page: Document; at: string; ok: boolean }> {
  busy?.abort();
  busy = new AbortController();
  document.body.dataset['trial'] = 'busy';
  try {
    const answer = await fetch(address, { headers: { Accept: 'text/html' }, signal: busy.signal });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.body.dataset['trial'] = 'idle';
    return { page, at: answer.url, ok: answer.ok };
  } catch (cause) {
    document.body.dataset['trial'] = cause instanceof DOMException && cause.name === 'AbortError' ? 'busy' : 'failed';
    throw cause;
  }
}

// load shows another state of the trial without leaving the map.
async function load(address: string, push: boolean): Promise<void> {
  try {
    const { page, at, ok } = await get(address);
    if (!page.querySelector('[data-trial-page]')) {
      complain(page.querySelector('main .wrong, main .lead')?.textContent ?? words('sayFailed'));
      return;
    }
    if (!ok && sheet()?.hidden === false) {
      complain(page.querySelector('[data-trial-page] .wrong, [data-part="top"] .notice p:last-child')?.textContent ?? words('sayFailed'));
      return;
    }
    if (push && ok) {
      steps++;
      ahead = 0;
      history.pushState(null, '', at);
    }
    swap(page);
    if (ok) dismiss();
  } catch (cause) {
    if (!(cause instanceof DOMException && cause.name === 'AbortError')) complain(words('sayFailed'));
  }
}

function swap(page: Document): void {
  const opened = [...document.querySelectorAll('[data-part] details')].map((d) => d.hasAttribute('open'));
  for (const name of parts) {
    const from = page.querySelector(`[data-part="${name}"]`);
    const to = document.querySelector(`[data-part="${name}"]`);
    if (from && to) to.replaceWith(from);
  }
  [...document.querySelectorAll('[data-part] details')].forEach((d, i) => d.toggleAttribute('open', d.hasAttribute('open') || (opened[i] ?? false)));
  const fresh = page.querySelector('[data-words]');
  if (fresh) document.querySelector('[data-words]')?.replaceWith(fresh);
  show();
  const canvas = page.querySelector<HTMLElement>('[data-map]');
  if (canvas && state) redraw(state, canvas.dataset);
}

// redraw gives the map the other state's data. It stays where it is as long as what
// changed is in sight, and goes there otherwise.
function redraw({ map, shown }: Drawn, d: DOMStringMap): void {
  document.body.dataset['map'] = 'drawing';
  const [west = 0, south = 0, east = 0, north = 0] = (d['changed'] ?? '').split(',').map(Number);
  const seen = map.getBounds();
  const [w = 0, s = 0, e = 0, n = 0] = (d['box'] ?? '').split(',').map(Number);
  if (d['changed'] && !(seen.contains([west, south]) && seen.contains([east, north]))) {
    map.fitBounds([[w, s], [e, n]], { padding: 16, animate: !window.matchMedia('(prefers-reduced-motion: reduce)').matches });
  }
  if (d['demand']) {
    shown.demand = d['demand'];
    map.getSource<GeoJSONSource>('demand')?.setData(absolute(shown.demand));
  }
  if (d['changes']) {
    shown.changes = d['changes'];
    map.getSource<GeoJSONSource>('changes')?.setData(absolute(shown.changes));
  }
  if (d['stationTiles'] && d['stationTiles'] !== shown.stationTiles) {
    shown.stationTiles = d['stationTiles'];
    map.getSource<VectorTileSource>('station-tiles')?.setTiles([absolute(shown.stationTiles)]);
  }
}

function sheet(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-sheet-here]');
}

async function openSheet(address: string): Promise<void> {
  pending = undefined;
  try {
    const { page } = await get(address);
    const inner = page.querySelector('[data-sheet-part]');
    if (!inner) complain(page.querySelector('main .lead')?.textContent ?? words('sayFailed'));
    else fill(inner);
  } catch (cause) {
    if (!(cause instanceof DOMException && cause.name === 'AbortError')) complain(words('sayFailed'));
  }
}

function fill(inner: Node, label = words('sayClose')): void {
  const here = sheet();
  if (!here) return;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'button sheet-close';
  close.dataset['dismiss'] = '';
  close.textContent = label;
  here.replaceChildren(close, inner);
  here.hidden = false;
  show();
  here.scrollTop = 0;
  here.querySelector<HTMLElement>('.sheet-acts .button, input:not([type="hidden"]), .button-main')?.focus({ preventScroll: true });
}

// tell shows a line of what to do next, with a way out.
function tell(text: string): void {
  const line = document.createElement('p');
  line.className = 'sheet-in';
  line.textContent = text;
  fill(line, words('sayCancel'));
}

function complain(text: string): void {
  const here = sheet();
  if (!here) return;
  if (here.hidden) {
    tell(text);
    return;
  }
  let line = here.querySelector<HTMLElement>('[role="alert"]');
  if (!line) {
    line = document.createElement('p');
    line.className = 'wrong';
    line.setAttribute('role', 'alert');
    here.append(line);
  }
  line.textContent = text;
  line.scrollIntoView({ block: 'nearest' });
}

function dismiss(): void {
  const here = sheet();
  if (here) {
    here.hidden = true;
    here.replaceChildren();
  }
  pending = undefined;
  boxing(false);
}

function query(address: string, more: Record<string, string>): string {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(more)) url.searchParams.append(name, value);
  return url.href;
}

const place = (at: LngLat) => ({ lon: at.lng.toFixed(5), lat: at.lat.toFixed(5) });

function move(code: string): void {
  tell(words('sayMoving'));
  pending = (at) => void load(query(words('toAct'), { act: 'move', code, ...place(at) }), true);
  scrollToMap();
}

function scrollToMap(): void {
  document.getElementById('map')?.scrollIntoView({ block: 'nearest' });
}

const touchable = ['change', 'change-mark', 'station-tile', 'station-dot'];

function stationAt(map: MapLibre, point: Point): string | undefined {
  const near: [[number, number], [number, number]] = [[point.x - 12, point.y - 12], [point.x + 12, point.y + 12]];
  const found = map.queryRenderedFeatures(near, { layers: touchable.filter((id) => map.getLayer(id)) });
  const changed = found.find((f) => f.source === 'changes') ?? found[0];
  return changed ? String(changed.properties['id']) : undefined;
}

function followMap(map: MapLibre): void {
  map.boxZoom.disable();
  map.doubleClickZoom.disable(); // the first tap of two has opened a sheet
  map.on('mousemove', ({ point }) => {
    if (!dragging) map.getCanvas().style.cursor = pending ? 'crosshair' : stationAt(map, point) ? 'pointer' : '';
  });
  map.on('click', ({ point, lngLat }) => {
    if (pending) {
      const then = pending;
      pending = undefined;
      then(lngLat);
      return;
    }
    const code = stationAt(map, point);
    if (code) void openSheet(words('toStation').replace('STATION', encodeURIComponent(code)));
    else void openSheet(query(words('toNew'), place(lngLat)));
  });
  map.on('mousedown', (event) => startDrag(map, event));
}

// A station is dragged with a mouse. On a touch screen a drag moves the map, and
// a station is moved by its sheet.
let dragging = false;

function startDrag(map: MapLibre, event: MapMouseEvent): void {
  if (event.originalEvent.button !== 0 || pending || boxed) return;
  const code = stationAt(map, event.point);
  if (!code) return;
  event.preventDefault();
  const ghost = document.createElement('div');
  ghost.className = 'map-ghost';
  const follow = ({ point }: MapMouseEvent) => {
    if (!dragging && point.dist(event.point) < 6) return;
    dragging = true;
    if (!ghost.isConnected) map.getContainer().append(ghost);
    ghost.style.transform = `translate(${point.x}px, ${point.y}px)`;
    map.getCanvas().style.cursor = 'grabbing';
  };
  map.on('mousemove', follow);
  map.once('mouseup', ({ lngLat }) => {
    map.off('mousemove', follow);
    ghost.remove();
    map.getCanvas().style.cursor = '';
    if (!dragging) return;
    // The click that follows the release is part of the drag.
    pending = () => undefined;
    setTimeout(() => {
      dragging = false;
      pending = undefined;
      void load(query(words('toAct'), { act: 'move', code, ...place(lngLat) }), true);
    }, 0);
  });
}

let boxed = false;

function boxing(on: boolean): void {
  boxed = on;
  document.querySelector('[data-boxing]')?.setAttribute('aria-pressed', String(on));
  if (!on) document.querySelector('.map-box')?.remove();
}

// box lets the next drag, by mouse or finger, mark an area whose stations are
// then chosen from.
function box(): void {
  const map = state?.map;
  if (!map) return;
  if (boxed) {
    dismiss();
    return;
  }
  dismiss();
  tell(words('sayBoxing'));
  scrollToMap();
  boxing(true);
  const cover = document.createElement('div');
  cover.className = 'map-box';
  const frame = document.createElement('div');
  cover.append(frame);
  map.getContainer().append(cover);
  let from: [number, number] | undefined;
  const at = (event: PointerEvent): [number, number] => {
    const r = cover.getBoundingClientRect();
    return [event.clientX - r.x, event.clientY - r.y];
  };
  cover.addEventListener('pointerdown', (event) => {
    cover.setPointerCapture(event.pointerId);
    from = at(event);
  });
  cover.addEventListener('pointermove', (event) => {
    if (!from) return;
    const to = at(event);
    frame.style.left = `${Math.min(from[0], to[0])}px`;
    frame.style.top = `${Math.min(from[1], to[1])}px`;
    frame.style.width = `${Math.abs(from[0] - to[0])}px`;
    frame.style.height = `${Math.abs(from[1] - to[1])}px`;
  });
  cover.addEventListener('pointerup', (event) => {
    if (!from) return;
    const to = at(event);
    const a = map.unproject([Math.min(from[0], to[0]), Math.max(from[1], to[1])]);
    const b = map.unproject([Math.max(from[0], to[0]), Math.min(from[1], to[1])]);
    boxing(false);
    void openSheet(query(words('toPick'), { bbox: [a.lng, a.lat, b.lng, b.lat].map((v) => v.toFixed(5)).join(',') }));
  });
}
