// Seals what is done on this device to the site, and signs it: docs/adr/0015, and
// engine/act/envelope, whose testdata/vector.json both are held to.
export type Envelope = { head: string; box?: string; sig: string };
export type Site = { number: number; public: string };
export type Signer = { id: string; key: CryptoKey; site: Site };

export const partBytes = 512 * 1024;

const curve = { name: 'ECDH', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', namedCurve: 'P-256' };

export function base64(bytes: ArrayBuffer | Uint8Array): string {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  let text = '';
  for (let i = 0; i < all.length; i += 0x8000) text += String.fromCharCode(...all.subarray(i, i + 0x8000));
  return btoa(text);
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export async function sha256(bytes: BufferSource): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...sum].map((b) => b.toString(16).padStart(2, '0')).join('');
}

// newKey makes a device's key, whose private half nobody can take out of this browser.
export async function newKey(): Promise<{ key: CryptoKey; public: string }> {
  const pair = await crypto.subtle.generateKey(signing, false, ['sign', 'verify']);
  return { key: pair.privateKey, public: base64(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

type Once = { private: CryptoKey; public: Uint8Array };

async function newOnce(): Promise<Once> {
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  return { private: pair.privateKey, public: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

function joined(...all: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(all.reduce((n, a) => n + a.length, 0));
  let at = 0;
  for (const a of all) {
    out.set(a, at);
    at += a.length;
  }
  return out;
}

async function cipher(site: Site, once: Once, what: 'act' | 'file'): Promise<CryptoKey> {
  const point = bytesOf(site.public);
  const to = await crypto.subtle.importKey('raw', point, curve, false, []);
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: to }, once.private, 256);
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const info = new TextEncoder().encode(`xiadu ${what} 1`);
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: joined(once.public, point), info }, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
}

// nonce is the number of a part, and whether it is the last: no file can be cut short.
function nonce(part: number, last: boolean): Uint8Array<ArrayBuffer> {
  const n = new Uint8Array(12);
  n[0] = last ? 1 : 0;
  new DataView(n.buffer).setUint32(8, part);
  return n;
}

async function sign(signer: Signer, head: string, box: Uint8Array): Promise<string> {
  const text = joined(new TextEncoder().encode(head), new Uint8Array([10]), box);
  return base64(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signer.key, text));
}

// sealAct makes the envelope of an act.
export async function sealAct(signer: Signer, number: number, text: string, fixed?: Once): Promise<Envelope> {
  const once = fixed ?? (await newOnce());
  const head = JSON.stringify({ v: 1, for: 'act', device: signer.id, number, key: signer.site.number, once: base64(once.public) });
  const key = await cipher(signer.site, once, 'act');
  const additionalData = new TextEncoder().encode(head);
  const box = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce(0, true), additionalData }, key, new TextEncoder().encode(text)));
  return { head, box: base64(box), sig: await sign(signer, head, box) };
}

export type SealedFile = { envelope: Envelope; hash: string; parts: ArrayBuffer[] };

// sealFile makes the envelope of a file, and the boxes of its parts.
export async function sealFile(signer: Signer, kind: string, content: Blob, fixed?: Once): Promise<SealedFile> {
  const once = fixed ?? (await newOnce());
  const hash = await sha256(await content.arrayBuffer());
  const head = JSON.stringify({ v: 1, for: 'file', device: signer.id, key: signer.site.number, once: base64(once.public), hash, size: content.size, kind });
  const key = await cipher(signer.site, once, 'file');
  const additionalData = new TextEncoder().encode(head);
  const count = Math.max(1, Math.ceil(content.size / partBytes));
  const parts: ArrayBuffer[] = [];
  for (let i = 0; i < count; i++) {
    const text = await content.slice(i * partBytes, (i + 1) * partBytes).arrayBuffer();
    parts.push(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce(i, i === count - 1), additionalData }, key, text));
  }
  return { envelope: { head, sig: await sign(signer, head, new Uint8Array()) }, hash, parts };
}
