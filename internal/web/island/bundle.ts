// Asks the worker to keep the pages of the work at hand: whole or not at all. The same store
// is read by worker/bundle.ts.
export const index = 'xiadu-bundles';
export const lock = 'xiadu-bundles';
export type Manifest = { name: string; hash: string; parts: { href: string; sha256: string }[]; without?: string };
export type Kept = { name: string; hash: string; address: string; reader: string; at: number; without: string; parts: string[] };
export type KeepAnswer = { since: number } | { why: string };

const patience_ms = 120_000;

export function placeOf(name: string): string {
  return `/bundles/${encodeURIComponent(name)}`;
}

async function keptAt(address: string, reader: string): Promise<Kept | undefined> {
  const cache = await caches.open(index);
  for (const request of await cache.keys()) {
    const kept = (await (await cache.match(request))?.json()) as Kept | undefined;
    if (kept && kept.address === address && kept.reader === reader) return kept;
  }
  return undefined;
}

// keptSince is since when the bundle of an address is on this phone, if it is.
export async function keptSince(address: string, reader: string): Promise<{ since?: number; without?: string }> {
  if (!('caches' in globalThis)) return {};
  const kept = await keptAt(address, reader);
  return kept ? { since: kept.at, without: kept.without } : {};
}

// keepBundle has the bundle kept as it is now, where it is not.
export async function keepBundle(address: string, reader: string, begins: () => void): Promise<{ since?: number; without?: string; why?: string }> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || !navigator.onLine) return {};
  const answer = await fetch(address, { cache: 'no-store', redirect: 'manual' });
  if (!answer.ok) return answer.type === 'opaqueredirect' ? {} : { why: ((await answer.json()) as { detail?: string }).detail ?? 'changed' };
  const manifest = (await answer.json()) as Manifest;
  const had = await keptAt(address, reader);
  if (had?.hash === manifest.hash) return { since: had.at, without: had.without };
  begins();
  const { active } = await workers.ready;
  const result = await new Promise<KeepAnswer>((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => done(event.data as KeepAnswer);
    setTimeout(() => done({ why: 'network' }), patience_ms);
    active?.postMessage({ bundle: manifest, address, reader }, [channel.port2]);
  });
  if ('why' in result) return had ? {} : { why: result.why };
  return { since: result.since, without: manifest.without ?? '' };
}

// forgetBundles removes all that is kept for somebody.
export async function forgetBundles(): Promise<void> {
  if (!('caches' in globalThis)) return;
  await navigator.locks.request(lock, { steal: true }, async () => {
    for (const name of await caches.keys()) if (name.startsWith('xiadu-bundle')) await caches.delete(name);
  });
}
