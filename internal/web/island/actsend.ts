// Sends what was done on this device: whenever there is a line, the oldest first, files before
// the acts that name them, from one tab at a time. What was sent and not answered is sent
// again: the server does each act once.
import { all, dropAct, filesOf, one, partOf, put, remark, unsent, within, type Act, type Device, type FileHead, type Line } from './actstore';
import type { Site } from './actseal';

export type State = { now: number; reader: string; key?: Site };
type Answer = { id: string; state: string; says?: string; missing?: string[]; wanted?: string; now?: string; version?: number };
export type Sent = { done: string[]; stopped: string[]; signIn: boolean };

const maxActs = 50; // of a request, and
const maxBytes = 600 * 1024; // of it: a route carries a megabyte
const patience_ms = 60_000;

export class Refused extends Error {}

// ask asks the API. A refusal is an error with the words of the server; undefined: nobody is
// signed in.
export async function ask<T>(path: string, method: string, body?: BodyInit, type = 'application/json'): Promise<T | undefined> {
  const answer = await fetch(path, {
    method, redirect: 'manual', cache: 'no-store', signal: 'timeout' in AbortSignal ? AbortSignal.timeout(patience_ms) : null,
    ...(body === undefined ? {} : { body }),
    headers: { 'Accept-Language': document.documentElement.lang, ...(body === undefined ? {} : { 'Content-Type': type }) },
  });
  if (answer.type === 'opaqueredirect') return undefined;
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
  throw new Refused(((await answer.json()) as { detail?: string }).detail ?? String(answer.status));
}

// hear asks who is signed in and notes how far this clock is from the server's.
export async function hear(): Promise<State> {
  const before = Date.now();
  const state = await ask<State>('/api/v1/acts', 'GET');
  if (!state) throw new Error('nobody answers');
  await put('meta', { name: 'distance', value: Math.round((before + Date.now()) / 2 - state.now) });
  return state;
}

// send sends all that can be sent. Nothing is returned where another tab does it already.
export async function send(progress: (left: number) => void): Promise<Sent | undefined> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return sendAll(progress);
  return locks.request('xiadu-acts-send', { ifAvailable: true }, async (lock) => (lock ? sendAll(progress) : undefined));
}

async function sendAll(progress: (left: number) => void): Promise<Sent> {
  const sent: Sent = { done: [], stopped: [], signIn: false };
  const passed = new Set<string>(); // that cannot be sent in this round
  for (;;) {
    const waiting = (await unsent()).filter((a) => !a.stopped && !passed.has(a.id));
    if (waiting.length === 0) return sent;
    progress(waiting.length);
    const state = await hear();
    if (!state.reader) return { ...sent, signIn: true };
    await renew(state);
    const batch = await ready(waiting, passed, sent);
    if (batch.length === 0) continue;
    // A tab that is killed from here on does not know whether they were done.
    for (const act of batch) await put('acts', { ...act, tried: true });
    const lines = new Set((await all<Line>('lines')).map((l) => l.id));
    const blind = batch.filter((a) => !lines.has(a.id)).map((a) => a.id);
    const answer = await ask<{ answers: Answer[] }>('/api/v1/acts', 'POST', JSON.stringify({ acts: batch.map((a) => a.envelope), blind }));
    if (!answer) return { ...sent, signIn: true };
    for (const [i, act] of batch.entries()) {
      const a = answer.answers[i];
      if (a) await settle(act, a, passed, sent);
    }
    await remark();
  }
}

// renew keeps what to seal to as the site has it now.
async function renew(state: State): Promise<void> {
  const device = await one<Device>('devices', state.reader);
  if (device && state.key && device.site.number !== state.key.number) await put('devices', { ...device, site: state.key });
}

// ready takes the first acts that fit a request, once their files are there.
async function ready(waiting: Act[], passed: Set<string>, sent: Sent): Promise<Act[]> {
  const batch: Act[] = [];
  let bytes = 0;
  for (const act of waiting) {
    bytes += JSON.stringify(act.envelope).length;
    if (batch.length === maxActs || (batch.length > 0 && bytes > maxBytes)) break;
    // One that was tried may be done, and its files are used up then: its answer comes first.
    if (!act.tried && act.hashes.length > 0) {
      try {
        for (const file of await filesOf(act.id)) await sendFile(file);
      } catch (cause) {
        if (!(cause instanceof Refused)) throw cause;
        passed.add(act.id);
        await stop(act, { id: act.id, state: 'refused', says: cause.message });
        sent.stopped.push(act.id);
        continue;
      }
    }
    batch.push(act);
  }
  return batch;
}

// sendFile sends the parts of a file that the server has not.
async function sendFile(file: FileHead): Promise<void> {
  let lacks = (await ask<{ missing: number[] }>('/api/v1/acts/files', 'POST', JSON.stringify(file.envelope)))?.missing;
  const device = (JSON.parse(file.envelope.head) as { device: string }).device;
  while (lacks && lacks.length > 0) {
    const part = lacks[0]!;
    const box = await partOf(file.act, file.hash, part);
    if (!box) throw new Refused('');
    lacks = (await ask<{ missing: number[] }>(`/api/v1/acts/files/${device}/${file.hash}/${part}`, 'PUT', box, 'application/octet-stream'))?.missing;
  }
  if (!lacks) throw new Error('nobody is signed in');
}

async function settle(act: Act, a: Answer, passed: Set<string>, sent: Sent): Promise<void> {
  switch (a.state) {
    case 'done':
    case 'again':
    case 'held':
      // Its author brings it and could decide here: the device was revoked, and another is made.
      if (a.state === 'held' && (await one<Line>('lines', act.id))) await within(['devices'], 'readwrite', (of) => of('devices').delete(act.reader));
      await dropAct(act.id, 'done');
      sent.done.push(act.id);
      return;
    case 'missing':
      if (!act.tried) passed.add(act.id); // its files were sent just now: not again in this round
      await put('acts', { ...act, tried: false });
      return;
    case 'conflict':
    case 'refused':
      sent.stopped.push(act.id);
      await stop(act, a);
      return;
  }
  passed.add(act.id);
  const line = await one<Line>('lines', act.id);
  if (line) await put('lines', { ...line, state: 'later', says: a.says ?? '' });
}

// stop leaves an act to a person.
async function stop(act: Act, a: Answer): Promise<void> {
  await put('acts', { ...act, tried: true, stopped: true });
  const line = await one<Line>('lines', act.id);
  if (line) {
    await put('lines', {
      ...line, state: a.state === 'conflict' ? 'conflict' : 'refused', says: a.says ?? '', wanted: a.wanted || line.line, now: a.now ?? '', version: a.version ?? 0,
    });
  }
}
