// The page of a judge in the hall. Each mark is kept on the device before it is posted, and posted until the desk has it; a sheet is
// sealed by the device, which keeps the opening before it posts the lock. It says when the desk does not answer. Without this
// script the forms of the page do all of it.
import { Store, type Seal } from './judgestore';
import { Sheet } from './judgesheet';
import { chance, commitment, type Opening } from './seal';
import { said, why, type Words } from './sheet';

// Which tests hold against the engine.
export { commitment, sha256 } from './seal';
export { plain, sum, why } from './sheet';

interface Setting { contest: string; rule: string; seat: string; changes: number; chosen: boolean; words: Words }
interface Beaten { seat: string; chosen: boolean; tag: string }
interface Receipt { opening: Opening; commitment: string; entry: string; log: string }
type Answer<T extends object> = { body: T } | { body?: never; status: number; detail: string }; // status 0: there was none

const beat_ms = 2000;
const silent_ms = 6000;
const patience_ms = 5000;
const typing_ms = 250;
const parts = ['judge-device', 'judge-clock', 'judge-notes', 'judge-sheet', 'judge-runs'];

export function startJudging(): void {
  const root = document.querySelector<HTMLElement>('[data-judge]');
  if (root) new Judging(root).start();
}

class Judging {
  private setting: Setting;
  private readonly path: string;
  private readonly store: Store;
  private sheet: Sheet;
  private served: Record<string, string> = {}; // as the server wrote the parts of the page
  private answered = Date.now(); // the last beat
  private denied = '';
  private chosen = false;
  private yielded = false; // the seat went on elsewhere: asking for it is its judge's to do
  private keeps = true; // the browser keeps what it is given
  private beating: Promise<boolean> | undefined;
  private sending = false;
  private typing = 0;

  constructor(private readonly root: HTMLElement) {
    this.setting = JSON.parse(root.dataset['judge']!) as Setting;
    this.path = `/contests/${encodeURIComponent(this.setting.contest)}/judge`;
    this.store = new Store(document.body.dataset['reader'] ?? '', this.setting.contest, this.setting.seat);
    for (const id of parts) this.served[id] = document.getElementById(id)?.outerHTML ?? '';
    this.sheet = this.newSheet();
  }

  start(): void {
    this.root.addEventListener('input', (e) => this.input(e));
    this.root.addEventListener('focusin', (e) => e.target instanceof HTMLInputElement && e.target.select()); // what is typed takes the place of what was
    this.root.addEventListener('change', (e) => this.changed(e));
    this.root.addEventListener('click', (e) => this.click(e));
    this.root.addEventListener('submit', (e) => this.submit(e));
    addEventListener('pageshow', () => void this.beat());
    addEventListener('online', () => void this.beat());
    document.addEventListener('visibilitychange', () => void this.beat());
    setInterval(() => void this.beat(), beat_ms);
    setInterval(() => this.show(), 500);
    this.yield(!this.setting.chosen && sessionStorage.getItem(this.path) !== null);
    this.chosen = this.setting.chosen;
    void this.beat();
    this.show();
  }

  private newSheet(): Sheet {
    for (const e of this.root.querySelectorAll<HTMLElement>('[data-judge-plain]')) e.hidden = true;
    const sheet = new Sheet(document.getElementById('judge-sheet')!, this.store, this.setting.words, this.setting.changes);
    const pending = this.store.seals().find((s) => s.run === sheet.run && s.state === 'posting');
    if (pending && sheet.open) sheet.sealing(pending, false);
    return sheet;
  }

  private input(e: Event): void {
    const found = this.sheet.inputs().find(([, input]) => input === e.target);
    if (!found) return;
    this.keeps = this.sheet.keep(found[0], found[1]);
    this.soon();
  }

  private changed(e: Event): void {
    for (const [c, input] of this.sheet.inputs()) {
      if (input !== e.target) continue;
      input.value = this.sheet.marks()[c.key] ?? ''; // in its one form
      this.soon();
    }
  }

  private click(e: Event): void {
    if ((e.target as Element).closest('[data-judge-again]')) {
      this.yield(false);
      void this.beat();
    }
    const button = (e.target as Element).closest<HTMLElement>('[data-judge-step]');
    const moved = button && this.sheet.step(button);
    if (!moved) return;
    this.keeps = this.sheet.keep(...moved);
    this.soon();
  }

  // yield keeps in this tab that the seat went on elsewhere, and offers to ask for it.
  private yield(yielded: boolean): void {
    this.yielded = yielded;
    if (yielded) sessionStorage.setItem(this.path, 'yielded');
    else sessionStorage.removeItem(this.path);
    const again = this.root.querySelector<HTMLElement>('[data-judge-again]');
    if (again) again.hidden = !yielded;
  }

  private submit(e: SubmitEvent): void {
    if ((e.target as Element).matches('[data-judge-hand]')) this.yield(true);
    if (!(e.target as Element).matches('[data-judge-form]')) return;
    e.preventDefault();
    const what = (e.submitter as HTMLButtonElement | null)?.value;
    if (what === 'lock' && this.sheet.reading) void this.lock(e.target as HTMLFormElement);
    else if (what === 'keep' && this.sheet.reading) this.sheet.turn(false);
    else if (what === 'read') this.sheet.read();
  }

  private soon(): void {
    this.show();
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => void this.send(), typing_ms);
  }

  // beat says that the device is there, and hears whether there is something new. It tells whether it was answered.
  private beat(): Promise<boolean> {
    this.beating ??= this.beaten().finally(() => (this.beating = undefined));
    return this.beating;
  }

  private async beaten(): Promise<boolean> {
    if (this.yielded) {
      if (await this.refresh()) this.answered = Date.now();
      this.show();
      return false;
    }
    const a = await this.post<Beaten>('beat', { unsent: this.unsent() });
    if (!a.body) {
      this.denied = a.status === 0 ? '' : a.detail;
      this.show();
      return false;
    }
    this.answered = Date.now();
    this.denied = '';
    if (a.body.chosen || this.chosen) this.yield(!a.body.chosen);
    this.chosen = a.body.chosen;
    if (a.body.tag !== this.root.dataset['tag']) await this.refresh();
    this.show();
    if (this.chosen) void this.send();
    return true;
  }

  // unsent counts the marks and sheets that the desk does not have.
  private unsent(): number {
    return this.waiting().length + this.store.seals().filter((s) => s.state === 'posting').length;
  }

  // waiting are the marks that are to be sent: those that fit, and that no other device may have overtaken.
  private waiting(): { run: string; criterion: string; mark: string }[] {
    return this.store.runs().filter((run) => !run.includes('?')).flatMap((run) =>
      Object.entries(this.store.marks(run))
        .filter(([, k]) => !k.sent && !k.why && k.changes === this.setting.changes)
        .filter(([key, k]) => run !== this.sheet.run || this.fits(key, k.mark))
        .map(([criterion, k]) => ({ run, criterion, mark: k.mark })),
    );
  }

  private fits(key: string, text: string): boolean {
    const c = this.sheet.rule.criteria.find((one) => one.key === key);
    return text === '' || (c !== undefined && why(c, text, this.setting.words) === '');
  }

  // send sends what waits, one after the other, so that a later mark never comes before an earlier one.
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.waiting()[0]; next; next = this.waiting()[0]) {
        const a = await this.post<object>('mark', next);
        if (!a.body && (a.status === 0 || !(await this.stands()))) break;
        const all = this.store.marks(next.run);
        const kept = all[next.criterion];
        if (kept?.mark === next.mark) {
          if (a.body) kept.sent = true;
          else kept.why = a.detail;
          if (!this.store.putMarks(next.run, all)) break;
        }
        this.sheet.show();
      }
      for (const s of this.store.seals()) if (s.state === 'posting') await this.sendSeal(s);
    } finally {
      this.sending = false;
      this.show();
    }
  }

  // stands tells whether a refusal is about what was sent, and not about this device or who is signed in.
  private async stands(): Promise<boolean> {
    return (await this.beat()) && this.chosen;
  }

  private async sendSeal(s: Seal): Promise<void> {
    const here = () => this.sheet.run === s.run && this.sheet.open;
    if (here()) this.sheet.sealing(s, true);
    const a = await this.post<Receipt>('lock', { run: s.run, ask: s.ask, marks: s.opening.marks, salt: s.opening.salt, commitment: s.commitment, lock: s.lock });
    if (a.body) {
      this.store.putSeal({ ...s, ...a.body, state: 'kept' });
      for (const run of [s.run, `${s.run}?${s.ask}`]) this.store.putMarks(run, {});
      await this.refresh(s.run);
      return;
    }
    if (a.status === 0 || !(await this.stands())) {
      if (here()) this.sheet.sealing(s, false);
      return;
    }
    this.store.putSeal({ ...s, state: 'refused', why: a.detail });
    await this.refresh(s.run);
    if (here()) this.sheet.refused(a.detail);
  }

  // lock seals the sheet that was read back: its opening is kept before it is posted.
  private async lock(form: HTMLFormElement): Promise<void> {
    const { run, ask, version } = this.sheet;
    if (this.store.seals().some((s) => s.run === run && s.state === 'posting')) return;
    const { contest, rule, seat } = this.setting;
    const [part = '', entry = ''] = run.split('/');
    const opening: Opening = { contest, rule, entry, part, seat, version, marks: this.sheet.marks(), salt: chance(32), sealed_by: 'device' };
    const s: Seal = { run, ask, opening, commitment: await commitment(opening), lock: chance(16), state: 'posting', why: '', entry: '', log: '' };
    if (!this.store.putSeal(s)) {
      // A browser that keeps nothing cannot keep an opening: the server makes the salt.
      const what = Object.assign(document.createElement('input'), { type: 'hidden', name: 'do', value: 'lock' });
      form.append(what);
      form.submit();
      return;
    }
    this.sheet.sealing(s, true);
    void this.send();
  }

  // refresh brings the parts of the page that are new, and keeps what is typed where it is.
  private async refresh(run = ''): Promise<boolean> {
    const holds = this.sheet.open && (this.sheet.typed || this.sheet.reading || location.search.includes('run='));
    const at = run || (holds ? this.sheet.run : '');
    const href = at ? `${this.path}?${new URLSearchParams({ run: at }).toString()}` : this.path;
    let doc: Document;
    try {
      const answer = await asked(href, { headers: { Accept: 'text/html' }, cache: 'no-store' });
      if (!answer.ok) return false;
      doc = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      return false; // the next beat finds that it is still not new
    }
    const root = doc.querySelector<HTMLElement>('[data-judge]');
    if (!root) return false; // somebody has to sign in again, which the next beat says
    this.root.dataset['tag'] = root.dataset['tag'] ?? '';
    this.setting = JSON.parse(root.dataset['judge']!) as Setting;
    if (!holds && location.search !== '') history.replaceState(null, '', this.path);
    for (const id of parts) {
      const [now, next] = [document.getElementById(id), doc.getElementById(id)];
      if (!now || !next || next.outerHTML === this.served[id]) continue;
      this.served[id] = next.outerHTML;
      if (id !== 'judge-sheet') now.replaceWith(next);
      else if (now.dataset['key'] !== next.dataset['key']) this.turn(now, next);
    }
    this.yield(this.yielded);
    this.show();
    return true;
  }

  // turn puts another sheet into the middle; of the same run it goes on where it was.
  private turn(now: HTMLElement, next: HTMLElement): void {
    const { run, reading } = this.sheet;
    const focus = document.activeElement;
    const at = focus instanceof HTMLInputElement && now.contains(focus) ? focus : undefined;
    const [from, to] = [at?.selectionStart ?? null, at?.selectionEnd ?? null];
    const marks = this.sheet.marks();
    now.replaceWith(next);
    this.sheet = this.newSheet();
    if (this.sheet.run !== run) {
      scrollTo({ top: 0 });
      return;
    }
    for (const [c, input] of this.sheet.inputs()) if (input.value === '') input.value = marks[c.key] ?? '';
    this.sheet.show();
    const again = at && document.getElementById(at.id);
    if (again instanceof HTMLInputElement) {
      again.focus({ preventScroll: true });
      again.setSelectionRange(from, to);
    }
    if (reading && this.sheet.open && !this.sheet.reading && this.sheet.panel) this.sheet.turn(true);
  }

  // show says in one line how things stand between this device and the desk.
  private show(): void {
    const line = this.root.querySelector<HTMLElement>('[data-judge-line]');
    if (!line) return;
    const { words } = this.setting;
    const n = this.unsent();
    const wrong = this.sheet.inputs().filter(([c, , box]) => box.matches('.field-wrong') && this.sheet.marks()[c.key]).length;
    const [state, text] = this.denied
      ? ['cut', this.denied]
      : !this.keeps
        ? ['cut', words['nowhere']!]
        : Date.now() - this.answered > silent_ms
          ? ['cut', words['cut']!]
          : !this.chosen
            ? ['some', words['other']!]
            : n > 0
              ? ['some', said(words['some']!, String(n))]
              : wrong > 0
                ? ['some', said(words['mend']!, String(wrong))]
                : ['all', words['all']!];
    if (line.textContent !== text) line.textContent = text!;
    line.parentElement!.dataset['state'] = state!;
  }

  private async post<T extends object>(what: string, body: unknown): Promise<Answer<T>> {
    try {
      const answer = await asked(`${this.path}/${what}`, {
        method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body),
      });
      const json = (await answer.json()) as { detail?: string };
      if (answer.ok) return { body: json as T };
      return { status: answer.status >= 500 ? 0 : answer.status, detail: json.detail ?? '' };
    } catch {
      return { status: 0, detail: '' };
    }
  }
}

// asked is fetch for who does not wait for ever.
async function asked(href: string, how: RequestInit): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience_ms);
  try {
    return await fetch(href, { ...how, signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}
