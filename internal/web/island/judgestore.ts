// What a judge's device keeps of a contest, in the browser's own store: marks until the desk has them, the opening of each sheet
// that it sealed, and notes that go nowhere. A reload, a dead server and a dead battery lose none of it.
import type { Opening } from './seal';

export interface Kept {
  mark: string;
  sent: boolean;
  changes: number; // of the seat's device, when it was typed
  why: string; // the desk refused it
}

export interface Seal {
  run: string;
  ask: string;
  opening: Opening;
  commitment: string;
  lock: string;
  state: 'posting' | 'kept' | 'refused';
  why: string;
  entry: string; // of the log
  log: string; // its size and root, as the desk answered
}

export class Store {
  private readonly at: string;
  constructor(reader: string, contest: string, seat: string) {
    this.at = `xiadu-judge/${reader}/${contest}/${seat}`;
  }

  marks(run: string): Record<string, Kept> {
    return (this.get(`mark/${run}`) as Record<string, Kept> | undefined) ?? {};
  }

  // putMarks tells whether the browser keeps them.
  putMarks(run: string, marks: Record<string, Kept>): boolean {
    return this.put(`mark/${run}`, marks);
  }

  runs(): string[] {
    return this.names('mark/');
  }

  seals(): Seal[] {
    return this.names('seal/').map((name) => this.get(`seal/${name}`) as Seal);
  }

  putSeal(s: Seal): boolean {
    return this.put(`seal/${s.opening.part}/${s.opening.entry}/v${s.opening.version}`, s);
  }

  note(run: string): string {
    return (this.get(`note/${entryOf(run)}`) as string | undefined) ?? '';
  }

  putNote(run: string, text: string): boolean {
    return this.put(`note/${entryOf(run)}`, text);
  }

  private names(kind: string): string[] {
    const from = `${this.at}/${kind}`;
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(from)).map((key) => key.slice(from.length)).sort();
    } catch {
      return [];
    }
  }

  private get(name: string): unknown {
    try {
      return JSON.parse(localStorage.getItem(`${this.at}/${name}`) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  private put(name: string, value: unknown): boolean {
    try {
      localStorage.setItem(`${this.at}/${name}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}

// entryOf is a run's entry: its notes outlive an attempt.
function entryOf(run: string): string {
  return run.slice(0, run.lastIndexOf('/'));
}
