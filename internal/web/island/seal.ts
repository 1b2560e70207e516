// What a judge's device seals, as engine/scoring/seal has it: SHA-256 of a line and the opening in canonical JSON. A hall's
// network has no certificate, and a page without one has no WebCrypto but chance: then the hash is ours.
import { form } from './canonical';

export interface Opening {
  contest: string;
  rule: string;
  entry: string;
  part: string;
  seat: string;
  version: number;
  marks: Record<string, string>;
  salt: string;
  sealed_by: string;
}

export async function commitment(o: Opening): Promise<string> {
  const bytes = new TextEncoder().encode(`xiadu sheet 1\n${form(o)}`);
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  return hex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes));
}

// chance is so many random bytes, in hex.
export function chance(bytes: number): string {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

// The first 32 bits of the fractions of roots of the first primes: square roots to begin with, cube roots for the rounds.
const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
const fraction = (root: bigint) => Number(root & 0xffffffffn);
const begin = primes.slice(0, 8).map((p) => fraction(root(BigInt(p) << 64n, 2n)));
const rounds = primes.map((p) => fraction(root(BigInt(p) << 96n, 3n)));

// root is the whole part of the k-th root.
function root(of: bigint, k: bigint): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (low + 1n < high) {
    const middle = (low + high) >> 1n;
    if (middle ** k <= of) low = middle;
    else high = middle;
  }
  return low;
}

// sha256 is FIPS 180-4, for where there is no WebCrypto.
export function sha256(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, message.length << 3);
  const state = Uint32Array.from(begin);
  const w = new Uint32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15]!, w[i - 2]!];
      w[i] = w[i - 16]! + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7]! + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i]! + w[i]!) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((v, i) => (state[i] = state[i]! + v));
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((v, i) => out.setUint32(4 * i, v));
  return new Uint8Array(out.buffer);
}

function turn(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}
