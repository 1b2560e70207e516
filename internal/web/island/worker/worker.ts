// Keeps the pages that were open useful when there is no network: the finder's
// answers, stations and the circle, each with the hour at which it was true. The
// network comes first; what is kept is shown only when it does not answer.
//
// What is kept lies on this device alone. A finder's answer holds a position, so it
// is dropped after a day, there are few of them, and a button drops it at once (see
// ../offline.ts, which deletes the cache by its name). Pages of somebody who is signed in are
// kept only as a bundle that they asked for: see bundle.ts.
import { bundled, keepBundle, sweep } from './bundle';
import type { Manifest } from '../bundle';

declare const self: ServiceWorkerGlobalScope;
export {};

const kept = 'xiadu-kept'; // pages and their map; dropped after a day
const built = 'xiadu-built'; // styles, scripts and icons, which say nothing of anybody
const keepFor_ms = 24 * 60 * 60 * 1000;
const mostPages = 20;
const mostPlaces = 4; // of them with somebody's position
const mostMap = 150;
const mostBuilt = 40;
const patience_ms = 8000; // then a page that is kept is shown
const offlinePage = '/offline';
const stamp = 'X-Kept';
const mayKeep = 'X-Keep'; // see ../../offline.go: page, or answer

self.addEventListener('install', (event) => {
  event.waitUntil(install().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  // The browser asks the network while it wakes the worker.
  event.waitUntil(Promise.all([self.clients.claim(), prune(), sweep(), self.registration.navigationPreload?.enable()]));
});

// A page that was opened before there was a worker asks to be kept.
self.addEventListener('message', (event) => {
  const asked = event.data as { keep?: string; bundle?: Manifest; address?: string; reader?: string } | undefined;
  if (asked?.bundle) event.waitUntil(keepBundle(asked.bundle, asked.address ?? '', asked.reader ?? '').then((answer) => event.ports[0]?.postMessage(answer)));
  const address = asked?.keep;
  if (address) {
    event.waitUntil(fetch(address, { headers: { Accept: 'text/html' } }).then((answer) => keep(address, answer)).catch(() => undefined));
  }
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(url)) event.respondWith(page(event, url));
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(asset(request));
  } else if (/^\/(tiles|map\/(near|way|station))\//.test(url.pathname + '/')) {
    event.respondWith(onMap(event, request));
  } else if (['', 'image'].includes(request.destination) && !url.pathname.startsWith('/api/') && !request.headers.get('Accept')?.includes('event-stream')) {
    event.respondWith(part(request, url));
  }
});

// The page that says what is missing, with its style and its scripts.
async function install(): Promise<void> {
  const answer = await fetch(offlinePage, { headers: { Accept: 'text/html' } });
  const text = await answer.clone().text();
  const cache = await caches.open(built);
  await cache.put(offlinePage, stamped(answer, text));
  const parts = new Set(text.match(/\/assets\/[0-9a-f]+\/[a-z.]+(?=["#])/g));
  const script = [...parts].find((part) => part.endsWith('/app.js'));
  if (script) { // and what it cannot do without
    const code = await (await fetch(script)).text();
    for (const [, name] of code.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) parts.add(script.replace('app.js', name ?? ''));
  }
  await cache.addAll([...parts]);
}

// A file to take home is none of ours.
function isPage(url: URL): boolean {
  return !/\.[a-z]+$/.test(url.pathname);
}

function hasPlace(url: URL): boolean {
  return url.searchParams.has('lat') || url.searchParams.has('q');
}

async function page(event: FetchEvent, url: URL): Promise<Response> {
  const early = Promise.resolve(event.preloadResponse as Promise<Response | undefined>);
  const fromNetwork = early.then((answer) => answer ?? fetch(event.request)).then((answer) => {
    if (answer.ok) event.waitUntil(keep(url.href, answer.clone()));
    return answer;
  });
  // An answer that comes too late is still kept, and its failure is no error.
  event.waitUntil(fromNetwork.then(() => undefined, () => undefined));
  try {
    const answer = await inTime(fromNetwork, url);
    if (answer && answer.status < 502) return answer;
    return (await held(url, 'same')) ?? (await ofBundle(url)) ?? (await fromNetwork);
  } catch {
    return (await held(url, 'same')) ?? (await ofBundle(url)) ?? (await lastAnswer(url)) ?? (await caches.match(offlinePage)) ?? Response.error();
  }
}

// inTime waits for the network, for ever where nothing is kept to show instead.
async function inTime(fromNetwork: Promise<Response>, url: URL): Promise<Response | undefined> {
  const cache = await caches.open(kept);
  if (!(await cache.match(url.href)) && !(await bundled(url))) return fromNetwork;
  return Promise.race([fromNetwork, new Promise<undefined>((done) => setTimeout(done, patience_ms))]);
}

function stamped(answer: Response, body: BodyInit): Response {
  const headers = new Headers(answer.headers);
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  headers.set(stamp, String(Date.now()));
  return new Response(body, { status: answer.status, headers });
}

// keep keeps what its server says may be kept: a page of the public, no role's.
async function keep(address: string, answer: Response): Promise<void> {
  if (!answer.ok || !answer.headers.has(mayKeep)) return;
  const cache = await caches.open(kept);
  await cache.put(address, stamped(answer, await answer.text()));
  await prune();
}

// held is a page as it was, with a line that says so. The line is in the page, in its
// language, and hidden: see Frame.
async function held(url: URL, which: 'same' | 'other', address = url.href): Promise<Response | undefined> {
  const answer = await (await caches.open(kept)).match(address);
  const at = Number(answer?.headers.get(stamp));
  if (!answer || Date.now() - at > keepFor_ms) return undefined;
  return said(answer, which, at);
}

async function said(answer: Response, which: 'same' | 'other' | 'bundle', at: number): Promise<Response> {
  const text = (await answer.text())
    .replace('data-offline hidden', 'data-offline')
    .replace(`data-offline-${which} hidden`, `data-offline-${which}`)
    .replaceAll('data-kept-at=""', `data-kept-at="${at}"`);
  return new Response(text, { status: 200, headers: answer.headers });
}

// ofBundle is a page of a bundle, which says that it is a kept one.
async function ofBundle(url: URL): Promise<Response | undefined> {
  const had = await bundled(url);
  return had && said(had.answer, 'bundle', had.at);
}

// part is data or a picture: the network first, and what a bundle has where there is none.
async function part(request: Request, url: URL): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    const had = await bundled(url);
    if (had) return had.answer;
    throw cause;
  }
}

// lastAnswer is the finder's, for whoever asks it something without a network.
async function lastAnswer(url: URL): Promise<Response | undefined> {
  if (url.pathname !== '/' && url.pathname !== '/find' && !url.pathname.startsWith('/stations/')) return undefined;
  const cache = await caches.open(kept);
  let last: { address: string; at: number } | undefined;
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (answer?.headers.get(mayKeep) !== 'answer') continue;
    const at = Number(answer?.headers.get(stamp));
    if (!last || at > last.at) last = { address: request.url, at };
  }
  return last && held(url, 'other', last.address);
}

// asset: an address never changes what it holds.
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(built);
  const had = await cache.match(request);
  if (had) return had;
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch (cause) { // a page that was kept before the last start asks for the assets of then
    const kept = await bundled(new URL(request.url));
    if (kept) return kept.answer;
    throw cause;
  }
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await shorten(cache, mostBuilt, (address) => address.includes('/assets/'));
  }
  return answer;
}

// onMap: the network first, and what was drawn before where there is none.
async function onMap(event: FetchEvent, request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    if (answer.status === 200) {
      const copy = answer.clone();
      event.waitUntil(caches.open(kept).then(async (cache) => cache.put(request, stamped(copy, await copy.blob()))));
    }
    return answer;
  } catch (cause) {
    const had = await (await caches.open(kept)).match(request);
    if (had) return had;
    if (request.url.includes('/tiles/')) return new Response(null, { status: 204 }); // a blank square
    throw cause;
  }
}

// prune drops what is a day old, and the oldest of too many.
async function prune(): Promise<void> {
  const cache = await caches.open(kept);
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (!answer || Date.now() - Number(answer.headers.get(stamp)) > keepFor_ms) await cache.delete(request);
  }
  const drawn = (address: string) => /\/(tiles|map)\//.test(address);
  await shorten(cache, mostMap, drawn);
  await shorten(cache, mostPages, (address) => !drawn(address));
  await shorten(cache, mostPlaces, (address) => !drawn(address) && hasPlace(new URL(address)));
}

// shorten keeps the newest: a cache lists what it holds in the order of coming.
async function shorten(cache: Cache, most: number, of: (address: string) => boolean): Promise<void> {
  const held = (await cache.keys()).filter((request) => of(request.url));
  for (const request of held.slice(0, Math.max(0, held.length - most))) await cache.delete(request);
}
