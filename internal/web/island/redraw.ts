// The button of a draw's page: it draws again from the public file, by docs/draw.md and with the browser's own
// WebCrypto, and marks each row. Nothing of what the server computed is used but what it is held against.
import { before, form } from './canonical';

interface Lot { code: string; tickets: number }
interface Exclusion { code: string; for: string }
interface Member { code: string; hmac: string; skipped: string }
interface Row { code: string; group: number; hmac: string; place: number; skipped: string; team: Member[] }
interface Terms { list: string; shape: { first: number; groups: number; team: number } }
interface Step { seed: string; code: string; lot: string; reason: string; more: number }
interface File {
  list: { lots: Lot[]; people: Lot[]; excluded: Exclusion[] };
  entries: { statement: { kind: string; public: unknown } }[];
  result: Row[];
}

export function startRedrawing(): void {
  const page = document.querySelector<HTMLElement>('[data-draw]');
  const button = document.querySelector<HTMLButtonElement>('[data-draw-again]');
  const says = document.querySelector<HTMLElement>('[data-draw-says]');
  if (!page || !button || !says) return;
  button.hidden = false;
  button.addEventListener('click', () => void (async () => {
    const text = (name: string) => button.dataset[name] ?? '';
    if (!('subtle' in crypto)) {
      says.textContent = text('unsafe');
      return;
    }
    button.disabled = true;
    says.textContent = text('working');
    try {
      const answer = await fetch(page.dataset['draw'] ?? '');
      if (!answer.ok) throw new Error(String(answer.status));
      says.textContent = await told((await answer.json()) as File, text);
    } catch {
      says.textContent = text('failed');
    }
    button.disabled = false;
  })());
}

// told draws again and says what came of it.
async function told(file: File, text: (name: string) => string): Promise<string> {
  const wrong: string[] = [];
  const terms = file.entries[0]?.statement.public as Terms;
  if ((await sha256(form(file.list))) !== terms.list) wrong.push('list');
  const seeded = file.entries.find((e) => e.statement.kind === 'draw.seeded');
  if (!seeded) return wrong.length > 0 ? text('bad').replace('#', wrong.join()) : text('none');
  const rows = await redrawn(file, terms, (seeded.statement.public as Step).seed);
  if (rows.length !== file.result.length) wrong.push(`${rows.length} / ${file.result.length}`);
  document.querySelector('[data-draw-head]')?.removeAttribute('hidden');
  for (const [i, row] of rows.entries()) {
    const same = form(row) === form(file.result[i] ?? null) && shown(row);
    if (!same) wrong.push(String(row.place));
    const cell = document.querySelector<HTMLElement>(`[data-draw-row="${row.place}"]`);
    if (cell) {
      cell.hidden = false;
      cell.textContent = (same ? '✓ ' : '✗ ') + text(same ? 'same' : 'other');
    }
  }
  return wrong.length > 0 ? text('bad').replace('#', wrong.slice(0, 10).join(', ')) : text('all').replace('#', String(rows.length));
}

// shown reports whether the page has the code that came out, where it has the row at all.
function shown(row: Row): boolean {
  const code = document.querySelector(`[data-draw-row="${row.place}"]`)?.parentElement?.querySelector('th code');
  return !code || code.textContent === row.code;
}

async function redrawn(file: File, terms: Terms, seed: string): Promise<Row[]> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', bytes.encode(seed), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const head = await sha256(form(terms));
  const score = async (lot: Lot, ...of: string[]) => {
    let least = '';
    for (let t = 1; t <= lot.tickets; t++) {
      const mac = hex(await crypto.subtle.sign('HMAC', key, bytes.encode([head, t, ...of, lot.code].join('\n'))));
      if (t === 1 || mac < least) least = mac;
    }
    return least;
  };
  const out = new Set(file.list.excluded.filter((x) => x.for === '').map((x) => x.code));
  const apart = new Set(file.list.excluded.filter((x) => x.for !== '').map((x) => `${x.for}\n${x.code}`));
  const order = await scored(file.list.lots.filter((l) => !out.has(l.code)), (l) => score(l));
  order.sort((a, b) => before(a.hmac, b.hmac) || before(a.code, b.code));
  const rows: Row[] = [];
  const stands = (code: string) => rows.filter((r) => r.skipped === '' && r.team.some((m) => m.code === code && m.skipped === '')).length;
  const man = async (row: Row | undefined, n: number) => {
    if (!row || n === 0) return;
    const free = file.list.people.filter((p) => !out.has(p.code) && !apart.has(`${row.code}\n${p.code}`) && !row.team.some((m) => m.code === p.code));
    const all = await scored(free, (p) => score(p, row.code));
    all.sort((a, b) => stands(a.code) - stands(b.code) || before(a.hmac, b.hmac) || before(a.code, b.code));
    row.team.push(...all.slice(0, n).map((p) => ({ ...p, skipped: '' })));
  };
  const draw = async (n: number) => {
    for (const next of order.slice(rows.length, rows.length + n)) {
      const group = terms.shape.groups > 1 ? (rows.length % terms.shape.groups) + 1 : 0;
      rows.push({ code: next.code, group, hmac: next.hmac, place: rows.length + 1, skipped: '', team: [] });
      await man(rows.at(-1), terms.shape.team);
    }
  };
  await draw(terms.shape.first || order.length);
  for (const { statement } of file.entries) {
    const step = statement.public as Step;
    const row = rows.find((r) => r.code === (step.lot || step.code));
    if (statement.kind === 'draw.extended') await (step.lot ? man(row, step.more) : draw(step.more));
    if (statement.kind !== 'draw.skipped') continue;
    const member = row?.team.find((m) => m.code === step.code);
    if (step.lot && member) {
      member.skipped = step.reason;
      apart.add(`${step.lot}\n${step.code}`);
    } else if (file.list.people.some((p) => p.code === step.code)) {
      out.add(step.code);
    } else if (row) {
      row.skipped = step.reason;
    }
  }
  return rows;
}

async function scored(lots: Lot[], score: (lot: Lot) => Promise<string>): Promise<{ code: string; hmac: string }[]> {
  return Promise.all(lots.map(async (l) => ({ code: l.code, hmac: await score(l) })));
}

async function sha256(text: string): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
}
