// What is done on this device and not sent yet, in IndexedDB. Acts, files and parts are
// sealed and outlive a sign-in; devices, lines and chains are the working copy and end with it.
import type { Envelope, Signer } from './actseal';

export type Device = Signer & { reader: string; next: number };

// Act is sealed: of its text nothing is here.
export type Act = {
  id: string;
  reader: string; // mark of its author; empty: it came in a file
  made: number; // ms, of this device's clock
  number: number;
  envelope: Envelope;
  hashes: string[];
  stopped: boolean; // it waits for a person
  tried: boolean; // it was sent, and perhaps its answer was lost
};
export type FileHead = { act: string; hash: string; envelope: Envelope; parts: number };
export type Part = { act: string; hash: string; part: number; box: ArrayBuffer };

// Line is what can be read of an act while its author is signed in.
export type Line = {
  id: string;
  page: string;
  kind: string;
  subject: string;
  line: string;
  seen: number;
  after: string;
  body: unknown;
  files: { hash: string; size: number; media: string }[];
  state: 'waiting' | 'later' | 'conflict' | 'refused';
  says: string;
  wanted: string;
  now: string;
  version: number;
};

// Chain is the last act on a subject by this device, for the next one to build on.
export type Chain = { subject: string; id: string; seen: number };

const name = 'xiadu-acts';
const stores = { meta: 'name', devices: 'reader', acts: 'id', files: ['act', 'hash'], parts: ['act', 'hash', 'part'], lines: 'id', chains: 'subject', dropped: 'id' };
export type Store = keyof typeof stores;

let opening: Promise<IDBDatabase> | undefined;

export function database(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((done, failed) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(stores)) request.result.createObjectStore(store, { keyPath });
      request.transaction?.objectStore('meta').put({ name: 'born', value: crypto.randomUUID() });
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onclose = db.onversionchange = () => {
        db.close();
        opening = undefined;
      };
      done(db);
    };
    request.onerror = () => {
      opening = undefined;
      failed(request.error ?? new Error('the store cannot be opened'));
    };
  });
  return opening;
}

// within runs one transaction; it is done when that is.
export async function within<T>(names: Store[], mode: IDBTransactionMode, work: (of: (store: Store) => IDBObjectStore, give: (value: T) => void) => void): Promise<T | undefined> {
  const db = await database();
  return new Promise((done, failed) => {
    const tx = db.transaction(names, mode, mode === 'readwrite' ? { durability: 'strict' } : {});
    let result: T | undefined;
    tx.oncomplete = () => done(result);
    tx.onabort = tx.onerror = () => failed(tx.error ?? new Error('the store failed'));
    work((store) => tx.objectStore(store), (value) => (result = value));
  });
}

export async function all<T>(store: Store, range?: IDBKeyRange): Promise<T[]> {
  return (await within<T[]>([store], 'readonly', (of, give) => {
    const request = of(store).getAll(range);
    request.onsuccess = () => give(request.result as T[]);
  })) ?? [];
}

export async function one<T>(store: Store, key: IDBValidKey): Promise<T | undefined> {
  return within<T>([store], 'readonly', (of, give) => {
    const request = of(store).get(key);
    request.onsuccess = () => give(request.result as T);
  });
}

export async function put(store: Store, value: unknown): Promise<void> {
  await within([store], 'readwrite', (of) => of(store).put(value));
}

// meta is a single value: born, distance.
export async function meta<T>(key: string): Promise<T | undefined> {
  return (await one<{ value: T }>('meta', key))?.value;
}

// nextNumber takes a number that no other act of this device has, in whichever tab.
export async function nextNumber(reader: string): Promise<{ device: Device; number: number } | undefined> {
  return within(['devices'], 'readwrite', (of, give) => {
    const request = of('devices').get(reader);
    request.onsuccess = () => {
      const device = request.result as Device | undefined;
      if (!device) return;
      give({ device, number: device.next });
      of('devices').put({ ...device, next: device.next + 1 });
    };
  });
}

// keepAct keeps an act with its files and its line, all or nothing.
export async function keepAct(act: Act, line: Line | undefined, files: FileHead[], parts: Part[], chain?: Chain, instead?: string): Promise<void> {
  await within(['acts', 'lines', 'files', 'parts', 'chains'], 'readwrite', (of) => {
    of('acts').put(act);
    if (line) of('lines').put(line);
    for (const f of files) of('files').put(f);
    for (const p of parts) of('parts').put(p);
    if (chain) of('chains').put(chain);
    if (instead) remove(of, instead);
  });
}

function remove(of: (store: Store) => IDBObjectStore, id: string): void {
  of('acts').delete(id);
  of('lines').delete(id);
  of('files').delete(IDBKeyRange.bound([id], [id, []]));
  of('parts').delete(IDBKeyRange.bound([id], [id, []]));
}

// dropAct removes an act that is done, or that nobody wants any more.
export async function dropAct(id: string, how: 'done' | 'dropped'): Promise<void> {
  await within(['acts', 'lines', 'files', 'parts', 'dropped'], 'readwrite', (of) => {
    remove(of, id);
    if (how === 'dropped') of('dropped').put({ id, at: Date.now() });
  });
}

export function filesOf(id: string): Promise<FileHead[]> {
  return all<FileHead>('files', IDBKeyRange.bound([id], [id, []]));
}

export async function partOf(id: string, hash: string, part: number): Promise<ArrayBuffer | undefined> {
  return (await one<Part>('parts', [id, hash, part]))?.box;
}

// unsent are the acts that are here, the oldest first.
export async function unsent(): Promise<Act[]> {
  return (await all<Act>('acts')).sort((a, b) => a.made - b.made || a.number - b.number);
}

// A mark beside the store says what was in it: where the store is empty and the mark is not,
// the browser has wiped it.
export type Mark = { born: string; unsent: number; last: number };

export async function remark(): Promise<void> {
  const [born, acts] = [await meta<string>('born'), await unsent()];
  const mark: Mark = { born: born ?? '', unsent: acts.length, last: acts.at(-1)?.made ?? 0 };
  const text = JSON.stringify(mark);
  localStorage.setItem(name, text);
  document.cookie = `acts=${encodeURIComponent(text)}; path=/; max-age=34560000; samesite=lax`;
}

// wiped is what the mark says of a store that is gone, if it is.
export async function wiped(): Promise<Mark | undefined> {
  const cookie = /(?:^|; )acts=([^;]*)/.exec(document.cookie)?.[1];
  const text = localStorage.getItem(name) ?? (cookie && decodeURIComponent(cookie));
  if (!text) return undefined;
  const mark = JSON.parse(text) as Mark;
  return mark.born && mark.born !== (await meta<string>('born')) ? mark : undefined;
}
