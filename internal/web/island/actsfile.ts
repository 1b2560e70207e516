// Acts that are not sent, in one file: a line of JSON each, sealed as they are. Another
// computer takes them into its own queue and sends them.
import { base64, bytesOf, type Envelope } from './actseal';
import { filesOf, keepAct, one, partOf, unsent, type Act, type FileHead, type Part } from './actstore';

type Row =
  | { xiadu: 'acts 1'; acts: number }
  | { act: Envelope; made: number; files: { hash: string; envelope: Envelope; parts: number }[] }
  | { hash: string; part: number; box: string };

const first = 'acts 1';

export async function saveToFile(): Promise<void> {
  const acts = await unsent();
  const rows: string[] = [JSON.stringify({ xiadu: first, acts: acts.length } satisfies Row) + '\n'];
  for (const act of acts) {
    const files = await filesOf(act.id);
    rows.push(JSON.stringify({ act: act.envelope, made: act.made, files: files.map(({ hash, envelope, parts }) => ({ hash, envelope, parts })) } satisfies Row) + '\n');
    for (const file of files) {
      for (let part = 0; part < file.parts; part++) {
        const box = await partOf(act.id, file.hash, part);
        if (box) rows.push(JSON.stringify({ hash: file.hash, part, box: base64(box) } satisfies Row) + '\n');
      }
    }
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(rows, { type: 'application/octet-stream' }));
  link.download = `${new Date().toISOString().slice(0, 16).replace(/[T:]/g, '-')}.xiadu-acts`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// takeIn puts what is in a file into this browser's queue, and returns how many acts that were.
// One that is here already stays as it is.
export async function takeIn(file: Blob): Promise<number> {
  let taken = 0;
  let act: Act | undefined;
  let files: FileHead[] = [];
  let parts: Part[] = [];
  const keep = async () => {
    if (!act) return;
    if (parts.length !== files.reduce((n, f) => n + f.parts, 0)) throw new Error('a part is missing');
    if (!(await one('acts', act.id))) await keepAct(act, undefined, files, parts);
    taken++;
  };
  let begun = false;
  for await (const text of linesOf(file)) {
    const row = JSON.parse(text) as Row;
    if ('xiadu' in row) {
      if (row.xiadu !== first) throw new Error('another file');
      begun = true;
    } else if (!begun) throw new Error('no beginning');
    else if ('act' in row) {
      await keep();
      const head = JSON.parse(row.act.head) as { device: string; number: number };
      const id = `${head.device}/${head.number}`;
      act = { id, reader: '', made: row.made, number: head.number, envelope: row.act, hashes: row.files.map((f) => f.hash), stopped: false, tried: false };
      files = row.files.map((f) => ({ ...f, act: id }));
      parts = [];
    } else if (act) parts.push({ act: act.id, hash: row.hash, part: row.part, box: bytesOf(row.box).buffer });
  }
  await keep();
  if (!begun) throw new Error('no beginning');
  return taken;
}

// linesOf reads a file a piece at a time: it may have a day's photos.
async function* linesOf(file: Blob): AsyncGenerator<string> {
  const piece = 1 << 20;
  const decoder = new TextDecoder();
  let rest = '';
  for (let at = 0; at < file.size; at += piece) {
    rest += decoder.decode(await file.slice(at, at + piece).arrayBuffer(), { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield rest;
}
