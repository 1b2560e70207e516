// Keeps bundles: every part is fetched and held against its hash into a cache of that version,
// and only then is one entry of the index switched to it. See ../bundle.ts, which asks.
import { index, lock, placeOf, type KeepAnswer, type Kept, type Manifest } from '../bundle';

const stamp = 'X-Kept';

// keepBundle keeps one bundle at a time. Whoever signs out takes the lock away, and then nothing
// is kept.
export async function keepBundle(m: Manifest, address: string, reader: string): Promise<KeepAnswer> {
  let answer: KeepAnswer = { why: 'changed' };
  let taken = false;
  await navigator.locks
    .request(lock, async () => {
      const had = (await everyKept()).find((k) => k.name === m.name && k.hash === m.hash && k.reader === reader);
      answer = had ? { since: had.at } : await keep(m, address, reader, () => taken);
    })
    .catch(() => (taken = true));
  return answer;
}

async function keep(m: Manifest, address: string, reader: string, taken: () => boolean): Promise<KeepAnswer> {
  const name = `xiadu-bundle ${m.name} ${m.hash}`;
  const cache = await caches.open(name);
  const at = Date.now();
  try {
    const assets = new Set<string>();
    for (const part of m.parts) {
      const answer = await fetch(part.href, { cache: 'no-store', headers: { Accept: 'text/html, */*' } });
      if (!answer.ok || answer.redirected) throw new Broken('changed');
      const bytes = await answer.arrayBuffer();
      if ((await sha256(bytes)) !== part.sha256) throw new Broken('changed');
      const headers = new Headers(answer.headers);
      headers.delete('Content-Encoding');
      headers.delete('Content-Length');
      headers.set(stamp, String(at));
      await cache.put(part.href, new Response(bytes, { headers }));
      if (headers.get('Content-Type')?.startsWith('text/html')) {
        for (const asset of new TextDecoder().decode(bytes).match(/\/assets\/[0-9a-f]+\/[\w.-]+(?=["#])/g) ?? []) assets.add(asset);
      }
    }
    await keepAssets(cache, assets);
  } catch (cause) {
    await caches.delete(name);
    return { why: cause instanceof Broken ? cause.message : 'network' };
  }
  const kept: Kept = { name: m.name, hash: m.hash, address, reader, at, without: m.without ?? '', parts: m.parts.map((p) => p.href) };
  const entries = await caches.open(index);
  if (!taken()) await entries.put(placeOf(m.name), new Response(JSON.stringify(kept)));
  if (taken()) {
    await entries.delete(placeOf(m.name));
    await caches.delete(name);
    return { why: 'changed' };
  }
  await drop();
  return { since: at };
}

class Broken extends Error {}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

// keepAssets keeps styles and scripts, with those that a script brings in. An address of an
// asset never changes what it holds. The map is left out: its squares are not there either.
async function keepAssets(cache: Cache, assets: Set<string>): Promise<void> {
  for (const asset of assets) {
    if (asset.endsWith('/map.js') || asset.endsWith('/map-worker.mjs')) continue;
    const answer = await fetch(asset);
    if (!answer.ok) throw new Broken('changed');
    await cache.put(asset, answer.clone());
    if (!asset.endsWith('.js')) continue;
    for (const [, name] of (await answer.text()).matchAll(/"\.\/([\w-]+\.js)"/g)) assets.add(asset.replace(/[^/]+$/, name ?? ''));
  }
}

async function everyKept(): Promise<Kept[]> {
  if (!(await caches.has(index))) return [];
  const cache = await caches.open(index);
  const all: Kept[] = [];
  for (const request of await cache.keys()) {
    const kept = (await (await cache.match(request))?.json()) as Kept | undefined;
    if (kept) all.push(kept);
  }
  return all;
}

// sweep drops what a worker that was ended left half kept.
export async function sweep(): Promise<void> {
  await navigator.locks.request(lock, drop);
}

// drop drops versions that no entry of the index names.
async function drop(): Promise<void> {
  const named = new Set((await everyKept()).map((k) => `xiadu-bundle ${k.name} ${k.hash}`));
  for (const name of await caches.keys()) if (name.startsWith('xiadu-bundle ') && !named.has(name)) await caches.delete(name);
}

// bundled is a part of a bundle that is kept whole, the newest that has it.
export async function bundled(url: URL): Promise<{ answer: Response; at: number } | undefined> {
  const href = url.pathname + url.search;
  const kept = (await everyKept()).filter((k) => k.parts.includes(href) || url.pathname.startsWith('/assets/')).sort((a, b) => b.at - a.at);
  for (const k of kept) {
    const answer = await (await caches.open(`xiadu-bundle ${k.name} ${k.hash}`)).match(href);
    if (answer) return { answer, at: k.at };
  }
  return undefined;
}
