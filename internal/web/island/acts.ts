// What is done without a signal. A form with data-act is caught, sealed and kept on this
// device (actseal, actstore), sent when there is a line (actsend), and the page says how it
// stands: [data-acts], see kit.OfflineBar. Without scripts the same form is an ordinary POST.
//
//   data-act          the kind of the act; its fields are the body, its files the files
//   data-act-seen     the version of what it moves, as the page shows it
//   data-act-subject  what it moves: the next act on it builds on this one
//   data-act-line     what it is called while it is not sent; {field} is what was typed
//   data-act-stay     the page is not loaded anew once it was sent
import { bytesOf, newKey, sealAct, sealFile, type Envelope, type Site } from './actseal';
import * as store from './actstore';
import { ask, hear, send, type Sent } from './actsend';
import { keepBundle, keptSince } from './bundle';
import { draw, say, show, type Bar } from './actsview';
import { ended } from './leave';
import { saveToFile, takeIn } from './actsfile';

export { sealAct, sealFile }; // for whoever checks them against the vector

const every_ms = 30_000;
const maxBody = 64 * 1024;

let bar: Bar | undefined;
let mine = new Set<string>(); // acts of this page since it was opened
const reader = document.body.dataset['reader'] ?? '';
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('xiadu-acts') : undefined;

export async function startActs(): Promise<void> {
  const section = document.querySelector<HTMLElement>('[data-acts]');
  if (!section) return;
  bar = { section, echoes: undefined };
  section.hidden = false;
  if (!window.isSecureContext || !('indexedDB' in window)) {
    show(bar, { insecure: '' });
    return;
  }
  document.addEventListener('submit', (event) => void caught(event), true);
  await ended(); // what was kept for somebody else is gone before anything is shown
  section.addEventListener('click', (event) => void pressed(event));
  document.querySelector<HTMLFormElement>('form[data-acts-take-in]')?.addEventListener('submit', (event) => void taken(event));
  window.addEventListener('online', () => void round());
  window.addEventListener('offline', () => void tell());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void round());
  tabs?.addEventListener('message', () => void tell());
  setInterval(() => void round(), every_ms);
  lost = await store.wiped();
  await tell();
  await round();
  section.dataset['actsReady'] = '';
}

let lost: store.Mark | undefined;
let lasting: boolean | undefined;
let kept: { since?: number; without?: string; keeping?: boolean; why?: string } = {};
let sending = 0;
let signIn = false;
let reached = true; // by the last round

// round does what a line is good for: this device is made known, what waits is sent, and the
// bundle is kept anew.
async function round(): Promise<void> {
  try {
    await known();
    const sent = await send((left) => {
      sending = left;
      void tell();
    });
    sending = 0;
    reached = true;
    if (sent) await after(sent);
    await keep();
  } catch (cause) {
    sending = 0; // the next round tries again
    reached = !(cause instanceof TypeError); // as fetch calls having no line
  }
  await tell();
}

// known makes this browser a device of its reader, once.
async function known(): Promise<void> {
  if (!reader || document.querySelector('[data-offline]:not([hidden])') !== null) return;
  const make = async () => {
    if (await store.one('devices', reader)) return;
    const state = await hear();
    if (state.reader !== reader || !state.key) return;
    const made = await newKey();
    const answer = await ask<{ device: string }>('/api/v1/acts/devices', 'POST', JSON.stringify({ public: made.public, name: browserName() }));
    if (!answer) return;
    const device: store.Device = { reader, id: answer.device, key: made.key, site: state.key, next: 1 };
    await store.put('devices', device);
    localStorage.setItem('xiadu-copy', reader);
    if (!lost) await store.remark();
  };
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request('xiadu-acts-device', make) : make());
}

function browserName(): string {
  const of = (signs: string[][]) => signs.find(([sign]) => navigator.userAgent.includes(sign!))?.[1] ?? '';
  const name = of([['MicroMessenger', '微信'], ['Edg/', 'Edge'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']]);
  return [name, of([['HarmonyOS', 'HarmonyOS'], ['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'Mac'], ['Linux', 'Linux']])].filter(Boolean).join(' · ');
}

async function after(sent: Sent): Promise<void> {
  signIn = sent.signIn;
  if (sent.done.length + sent.stopped.length > 0) tabs?.postMessage('sent');
  if (sent.done.length > 0 && bar) say(bar, 'sent');
  if (sent.stopped.length > 0 && bar) say(bar, 'stopped');
  const ours = sent.done.filter((id) => mine.has(id));
  if (ours.length > 0 && sent.stopped.length === 0 && (await store.unsent()).length === 0 && !half() && !document.querySelector('[data-act-stay]')) {
    await keep();
    location.reload();
  }
}

// half reports whether somebody is in the middle of something, which a reload would lose.
function half(): boolean {
  return [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('main input, main textarea')].some(
    (e) => (e instanceof HTMLInputElement && ['checkbox', 'radio'].includes(e.type) ? e.checked !== e.defaultChecked : e.type !== 'hidden' && e.value !== e.defaultValue),
  );
}

// caught keeps what a form does as an act. Where this browser is not known yet the form goes
// its ordinary way, if there is a line.
async function caught(event: SubmitEvent): Promise<void> {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset['act'] || !bar) return;
  event.preventDefault();
  event.stopPropagation();
  const given = new FormData(form, event.submitter);
  const button = event.submitter;
  if (form.dataset['busy'] !== undefined) return; // pressed twice
  form.dataset['busy'] = '';
  button?.setAttribute('aria-busy', 'true');
  try {
    if (!(await store.one('devices', reader))) {
      await known().catch(() => undefined);
      if (!(await store.one('devices', reader))) {
        if (navigator.onLine && !bar.section.dataset['actsOffline']) form.submit();
        else await notNoted('unready');
        return;
      }
    }
    const id = await queue({ ...formAct(form, given), page: location.pathname, files: filesIn(given) });
    if (!id) return;
    delete bar.section.dataset['actsRefused'];
    mine.add(id);
    form.reset();
    void persist();
    say(bar, 'queued');
    tabs?.postMessage('queued');
    await tell();
    void round();
  } catch (cause) {
    await notNoted('full'); // what was typed stays in the form
    throw cause;
  } finally {
    delete form.dataset['busy'];
    button?.removeAttribute('aria-busy');
  }
}

// notNoted says why what was just done is not kept.
async function notNoted(why: 'unready' | 'full'): Promise<void> {
  if (!bar) return;
  bar.section.dataset['actsRefused'] = why;
  await tell();
}

type Wanted = Pick<store.Line, 'kind' | 'subject' | 'line' | 'seen' | 'body' | 'page'> & { files: File[]; after?: string; instead?: string };

function formAct(form: HTMLFormElement, given: FormData): Omit<Wanted, 'page' | 'files'> {
  const body: Record<string, string | string[]> = {};
  for (const key of new Set(given.keys())) {
    const texts = given.getAll(key).filter((v): v is string => typeof v === 'string');
    if (texts.length > 0) body[key] = texts.length === 1 ? texts[0]! : texts;
  }
  const line = (form.dataset['actLine'] ?? form.dataset['act'] ?? '').replace(/\{([\w-]+)\}/g, (_, key: string) => [body[key] ?? ''].flat().join('、'));
  return { kind: form.dataset['act'] ?? '', subject: form.dataset['actSubject'] ?? '', line, seen: Number(form.dataset['actSeen'] ?? 0), body };
}

function filesIn(given: FormData): File[] {
  return [...given.values()].filter((v): v is File => v instanceof File && v.size > 0);
}

// queue seals an act and keeps it. Its number is taken first: whatever breaks later, no other
// act has it.
async function queue(w: Wanted): Promise<string | undefined> {
  if (new TextEncoder().encode(JSON.stringify(w.body)).length > maxBody) {
    if (bar) say(bar, 'large');
    return undefined;
  }
  const taken = await store.nextNumber(reader);
  if (!taken) {
    await notNoted('unready');
    return undefined;
  }
  const { device, number } = taken;
  const id = `${device.id}/${number}`;
  const chain = w.subject ? await store.one<store.Chain>('chains', w.subject) : undefined;
  const before = w.after ?? (chain && chain.seen >= w.seen ? chain.id : '');
  const distance = (await store.meta<number>('distance')) ?? null;
  const made = Date.now();
  const sealed = await Promise.all(w.files.map((f) => sealFile(device, w.kind, f)));
  const files = w.files.map((f, i) => ({ hash: sealed[i]!.hash, size: f.size, media: f.type }));
  const text = JSON.stringify({ id, kind: w.kind, seen: w.seen, after: before, happened: new Date(made).toISOString(), distance, body: w.body, files });
  const act: store.Act = { id, reader, made, number, envelope: await sealAct(device, number, text), hashes: files.map((f) => f.hash), stopped: false, tried: false };
  const line: store.Line = {
    id, page: w.page, kind: w.kind, subject: w.subject, line: w.line, seen: w.seen, after: before, body: w.body, files, state: 'waiting', says: '', wanted: '', now: '', version: 0,
  };
  await store.keepAct(
    act, line,
    sealed.map((s) => ({ act: id, hash: s.hash, envelope: s.envelope, parts: s.parts.length })),
    sealed.flatMap((s) => s.parts.map((box, part) => ({ act: id, hash: s.hash, part, box }))),
    w.subject ? { subject: w.subject, id, seen: w.seen } : undefined, w.instead,
  );
  await store.remark();
  return id;
}

// again does a stopped act all the same, as a new one that has seen what is now; what was built
// on it follows. Its photos stay with it.
async function again(id: string): Promise<void> {
  const line = await store.one<store.Line>('lines', id);
  if (!line) return;
  await redo(line, { seen: line.version || line.seen, after: '' });
}

async function redo(line: store.Line, as: { seen: number; after: string }): Promise<void> {
  const taken = await store.nextNumber(reader);
  const old = await store.one<store.Act>('acts', line.id);
  if (!taken || !old) return;
  const { device, number } = taken;
  const id = `${device.id}/${number}`;
  const made = Date.now();
  const distance = (await store.meta<number>('distance')) ?? null;
  const text = JSON.stringify({ id, kind: line.kind, ...as, happened: new Date(made).toISOString(), distance, body: line.body, files: line.files });
  const heads = await store.filesOf(line.id);
  const parts = await store.all<store.Part>('parts', IDBKeyRange.bound([line.id], [line.id, []]));
  await store.keepAct(
    { ...old, id, made, number, envelope: await sealAct(device, number, text), stopped: false, tried: false },
    { ...line, id, ...as, state: 'waiting', says: '', wanted: '', now: '', version: 0 },
    heads.map((h) => ({ ...h, act: id })), parts.map((p) => ({ ...p, act: id })),
    line.subject ? { subject: line.subject, id, seen: as.seen } : undefined, line.id,
  );
  mine.add(id);
  for (const next of (await store.all<store.Line>('lines')).filter((l) => l.after === line.id)) await redo(next, { seen: as.seen, after: id });
  await store.remark();
}

// drop gives a stopped act up. What was built on it is left to the person, too.
async function drop(id: string): Promise<void> {
  const line = await store.one<store.Line>('lines', id);
  await store.dropAct(id, 'dropped');
  if (line?.subject) {
    const chain = await store.one<store.Chain>('chains', line.subject);
    if (chain?.id === id) await store.within(['chains'], 'readwrite', (of) => of('chains').delete(line.subject));
  }
  for (const next of (await store.all<store.Line>('lines')).filter((l) => l.after === id)) {
    const act = await store.one<store.Act>('acts', next.id);
    if (act) await store.put('acts', { ...act, stopped: true });
    await store.put('lines', { ...next, state: 'conflict', wanted: next.line, now: words('before'), version: line?.version ?? 0 });
  }
  await store.remark();
}

function words(key: string): string {
  return bar?.section.querySelector<HTMLElement>('[data-acts-words]')?.dataset[key] ?? '';
}

async function pressed(event: MouseEvent): Promise<void> {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (!button || !bar) return;
  const id = button.closest<HTMLElement>('[data-act-id]')?.dataset['actId'] ?? '';
  if (button.matches('[data-acts-again]')) await again(id);
  else if (button.matches('[data-acts-drop]')) {
    if (!window.confirm(words('drop'))) return;
    await drop(id);
  } else if (button.matches('[data-acts-save]')) return saveToFile();
  else if (button.matches('[data-acts-wiped-seen]')) {
    lost = undefined;
    await store.remark();
  } else if (!button.matches('[data-acts-send]')) return;
  tabs?.postMessage('changed');
  await tell();
  await round();
}

async function taken(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const told = form.querySelector<HTMLElement>('[data-acts-took]');
  const file = new FormData(form).get('file');
  if (!(file instanceof File) || !told) return;
  try {
    const n = await takeIn(file);
    told.textContent = (told.dataset['text'] ?? '').replace('{n}', String(n));
    form.reset();
    await store.remark();
  } catch {
    told.textContent = told.dataset['textWrong'] ?? '';
    return;
  }
  await tell();
  await round();
}

// persist asks the browser not to clear what is here.
async function persist(): Promise<void> {
  const storage = navigator.storage as StorageManager | undefined;
  if (!storage?.persist || lasting) return;
  lasting = (await storage.persisted()) || (await storage.persist());
  await tell();
}

// keep keeps the pages of the work at hand.
async function keep(): Promise<void> {
  const address = bar?.section.dataset['actsBundle'];
  if (!address || !reader || !bar) return;
  kept = { ...kept, ...(await keptSince(address, reader)) };
  const state = await keepBundle(address, reader, () => {
    if (kept.since === undefined) kept.keeping = true;
    void tell();
  });
  kept = { ...kept, ...state, keeping: false };
  if (state.since !== undefined) delete kept.why;
  if (state.since !== undefined) localStorage.setItem('xiadu-copy', reader);
  void persist();
}

// tell says how it stands.
async function tell(): Promise<void> {
  if (!bar) return;
  const acts = await store.unsent();
  const ours = new Set(acts.filter((a) => a.reader === reader).map((a) => a.id));
  const lines = (await store.all<store.Line>('lines')).filter((l) => ours.has(l.id)); // nobody reads another's
  if (lasting === undefined && navigator.storage?.persisted) lasting = (await navigator.storage.persisted()) || undefined;
  const address = bar.section.dataset['actsBundle'];
  if (address && reader && kept.since === undefined) kept = { ...kept, ...(await keptSince(address, reader)) };
  draw(bar, { acts, lines, reader, online: navigator.onLine && reached, sending, signIn, lost, lasting, kept, bundled: Boolean(address) });
}

export type { Envelope, Site };
export { bytesOf };
