// Marks of a sheet: what one may be, and what all of them come to. Decimals are whole numbers with a scale, never floats;
// engine/scoring computes the same.
interface Decimal { n: bigint; places: number }
interface Rounding { places: number; mode: 'half-up' | 'half-even' | 'down' | 'up' }
export interface Criterion { key: string; weight: string; from: string; to: string; step: string }
export interface Rule { criteria: Criterion[]; mark: Rounding | null; column: Rounding | null; sheet: Rounding | null }
export type Words = Record<string, string>;

const wide = '０１２３４５６７８９．。－';

// plain is a mark in its one form: 9.3 where ０9。30 was typed. What is no number stays as it was typed.
export function plain(typed: string): string {
  const text = typed.trim().replace(/[０-９．。－]/g, (c) => '0123456789..-'[wide.indexOf(c)]!);
  const m = /^(-?)(\d*)\.?(\d*)$/.exec(text);
  if (!m || m[2]! + m[3]! === '') return text;
  const tail = m[3]!.replace(/0+$/, '');
  const number = (m[2]!.replace(/^0+/, '') || '0') + (tail && `.${tail}`);
  return number === '0' ? number : m[1]! + number;
}

// why says why a text is no mark of a criterion; empty: it is one.
export function why(c: Criterion, text: string, words: Words): string {
  if (!/^-?\d{1,9}(\.\d{1,9})?$/.test(text)) return words['number']!;
  const places = Math.max(decimals(c.from), decimals(c.step));
  if (decimals(text) > places) return said(words[['whole', 'one'][places] ?? 'places']!, String(places));
  const [n, from, to, step] = [text, c.from, c.to, c.step].map(read) as [Decimal, Decimal, Decimal, Decimal];
  if (compare(n, from) < 0 || compare(to, n) < 0) return said(words['between']!, c.from, c.to);
  const over = add(n, { n: -from.n, places: from.places });
  const scale = Math.max(over.places, step.places);
  return scaled(over, scale) % scaled(step, scale) === 0n ? '' : said(words['steps']!, c.from, c.step);
}

// stepped is a mark some steps further, no further than the criterion goes.
export function stepped(c: Criterion, text: string, by: number): string {
  const next = add(read(text), times(read(c.step), { n: BigInt(by), places: 0 }));
  if (compare(next, read(c.from)) < 0) return plain(c.from);
  return compare(read(c.to), next) < 0 ? plain(c.to) : write(next);
}

// sum is what a whole sheet comes to; empty: a mark is missing or none.
export function sum(rule: Rule, marks: Record<string, string>, words: Words): string {
  let all: Decimal = { n: 0n, places: 0 };
  for (const c of rule.criteria) {
    const text = marks[c.key] ?? '';
    if (text === '' || why(c, text, words) !== '') return '';
    all = add(all, rounded(times(read(c.weight), rounded(read(text), rule.mark)), rule.column));
  }
  return write(rounded(all, rule.sheet));
}

export function said(text: string, ...with_: string[]): string {
  return with_.reduce((t, w) => t.replace('#', w), text);
}

function decimals(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function read(text: string): Decimal {
  return { n: BigInt(text.replace('.', '')), places: decimals(text) };
}

function write(d: Decimal): string {
  const digits = (d.n < 0n ? -d.n : d.n).toString().padStart(d.places + 1, '0');
  return plain((d.n < 0n ? '-' : '') + digits.slice(0, digits.length - d.places) + (d.places ? `.${digits.slice(-d.places)}` : ''));
}

function scaled(d: Decimal, places: number): bigint {
  return d.n * 10n ** BigInt(places - d.places);
}

function add(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  return { n: scaled(a, places) + scaled(b, places), places };
}

function times(a: Decimal, b: Decimal): Decimal {
  return { n: a.n * b.n, places: a.places + b.places };
}

function compare(a: Decimal, b: Decimal): number {
  const d = add(a, { n: -b.n, places: b.places }).n;
  return d < 0n ? -1 : d > 0n ? 1 : 0;
}

function rounded(d: Decimal, r: Rounding | null): Decimal {
  if (!r || d.places <= r.places) return d;
  const unit = 10n ** BigInt(d.places - r.places);
  const size = d.n < 0n ? -d.n : d.n;
  const [whole, rest] = [size / unit, size % unit];
  const up =
    r.mode === 'up' ? rest > 0n : r.mode === 'down' ? false : rest * 2n > unit || (rest * 2n === unit && (r.mode === 'half-up' || whole % 2n === 1n));
  const n = whole + (up ? 1n : 0n);
  return { n: d.n < 0n ? -n : n, places: r.places };
}
