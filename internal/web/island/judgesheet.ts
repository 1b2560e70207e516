// The sheet in the middle of a judge's page: what is typed, what is wrong with it, how far it has come, and the second step.
import { type Kept, type Seal, type Store } from './judgestore';
import { plain, said, stepped, sum, why, type Criterion, type Rule, type Words } from './sheet';

const none: Rule = { criteria: [], mark: null, column: null, sheet: null };

export class Sheet {
  readonly run: string;
  readonly open: boolean;
  readonly ask: string;
  readonly version: number;
  readonly sealed: string; // its commitment
  private readonly name: string; // under which its marks are kept: those of a correction are no drafts
  readonly rule: Rule;

  constructor(
    readonly at: HTMLElement,
    private readonly store: Store,
    private readonly words: Words,
    private readonly changes: number,
  ) {
    const d = at.dataset;
    this.run = d['run'] ?? '';
    this.open = d['open'] !== undefined;
    this.ask = d['ask'] ?? '';
    this.version = Number(d['version']);
    this.sealed = d['sealed'] ?? '';
    this.name = this.ask ? `${this.run}?${this.ask}` : this.run;
    this.rule = d['rule'] ? (JSON.parse(d['rule']) as Rule) : none;
    if (this.run === '') return;
    this.fill();
    this.notes();
    if (this.sealed && !this.ask) this.settle();
  }

  get panel(): HTMLElement | null {
    return this.at.querySelector('[data-judge-read]');
  }

  get reading(): boolean {
    return this.panel !== null && !this.panel.hidden;
  }

  get typed(): boolean {
    return this.inputs().some(([, input]) => input.value !== '');
  }

  inputs(): [Criterion, HTMLInputElement, HTMLElement][] {
    if (!this.open) return [];
    return this.rule.criteria.flatMap((c) => {
      const box = this.at.querySelector<HTMLElement>(`[data-criterion="${c.key}"]`);
      const input = box?.querySelector('input');
      return box && input ? [[c, input, box] as [Criterion, HTMLInputElement, HTMLElement]] : [];
    });
  }

  marks(): Record<string, string> {
    return Object.fromEntries(this.inputs().map(([c, input]) => [c.key, plain(input.value)]));
  }

  // fill puts what this device keeps over what the desk has, where it is newer.
  private fill(): void {
    const kept = this.store.marks(this.name);
    for (const [c, input, box] of this.inputs()) {
      for (const button of box.querySelectorAll<HTMLElement>('[data-judge-step]')) button.hidden = false;
      const mine = kept[c.key];
      if (!mine || mine.sent || mine.why) continue;
      if (mine.changes === this.changes || this.ask) input.value = mine.mark;
      else if (mine.mark !== input.value) this.offer(c, input, box, mine);
    }
    this.show();
  }

  // offer: since this was typed another device had the seat, and what it gave may be newer.
  private offer(c: Criterion, input: HTMLInputElement, box: HTMLElement, mine: Kept): void {
    const line = document.createElement('p');
    const take = document.createElement('button');
    line.className = 'row small';
    line.append(said(this.words['offer']!, mine.mark));
    take.className = 'button';
    take.type = 'button';
    take.textContent = this.words['take']!;
    take.addEventListener('click', () => {
      input.value = mine.mark;
      this.keep(c, input);
      line.remove();
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    line.append(take);
    box.append(line);
  }

  // keep keeps what is typed on this device, before anything else.
  keep(c: Criterion, input: HTMLInputElement): boolean {
    const all = this.store.marks(this.name);
    all[c.key] = { mark: plain(input.value), sent: false, changes: this.changes, why: '' };
    const ok = this.store.putMarks(this.name, all);
    this.show();
    return ok;
  }

  // step moves a mark by one step of the rule.
  step(button: HTMLElement): [Criterion, HTMLInputElement] | undefined {
    const found = this.inputs().find(([, , box]) => box.contains(button));
    if (!found) return undefined;
    const [c, input] = found;
    if (why(c, plain(input.value), this.words) !== '') return undefined;
    input.value = stepped(c, plain(input.value), Number(button.dataset['judgeStep']));
    return [c, input];
  }

  // show says beside each mark what is wrong with it, or how far it has come.
  show(): void {
    const kept = this.store.marks(this.name);
    for (const [c, input, box] of this.inputs()) {
      const text = plain(input.value);
      const mine = kept[c.key];
      const wrong = text === '' ? '' : why(c, text, this.words) || (mine?.mark === text ? mine.why : '');
      this.say(box, input, wrong);
      const there = box.querySelector('[data-kept]');
      if (there && !this.ask) there.textContent = text === '' || wrong ? '' : mine && !mine.sent && mine.mark === text ? this.words['here']! : this.words['desk']!;
      for (const b of box.querySelectorAll<HTMLButtonElement>('[data-judge-step]')) b.disabled = text === '' || why(c, text, this.words) !== '';
    }
    for (const out of this.at.querySelectorAll('[data-judge-sum]')) if (this.open) out.textContent = sum(this.rule, this.marks(), this.words) || '—';
  }

  private say(box: HTMLElement, input: HTMLInputElement, wrong: string): void {
    const at = box.querySelector('.wrong');
    if (at && at.textContent !== wrong) at.textContent = wrong;
    box.classList.toggle('field-wrong', wrong !== '');
    if (wrong) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }

  // read is the second step: it shows what is going to be sealed, or what keeps it from that.
  read(): void {
    let first: HTMLInputElement | undefined;
    for (const [c, input, box] of this.inputs()) {
      const text = plain(input.value);
      const wrong = text === '' ? this.words['missing']! : why(c, text, this.words);
      this.say(box, input, wrong);
      if (wrong) first ??= input;
    }
    if (first) first.focus();
    else this.turn(true);
  }

  // turn goes to the second step, or back.
  turn(reading: boolean): void {
    const marks = this.marks();
    for (const [, input] of this.inputs()) input.readOnly = reading;
    for (const at of this.at.querySelectorAll<HTMLElement>('[data-read]')) at.textContent = marks[at.dataset['read']!] ?? '';
    const acts = this.at.querySelector<HTMLElement>('[data-judge-acts]');
    if (acts) acts.hidden = reading;
    this.at.querySelector('[data-judge-form]')?.classList.toggle('judge-reading', reading);
    if (!this.panel) return;
    this.panel.hidden = !reading;
    this.why('');
    if (reading) {
      this.panel.focus({ preventScroll: true });
      this.panel.scrollIntoView({ block: 'center' });
    }
  }

  // sealing shows a lock that is under way, with what it locks.
  sealing(s: Seal, sure: boolean): void {
    for (const [c, input] of this.inputs()) input.value = s.opening.marks[c.key] ?? '';
    if (!this.reading) this.turn(true);
    for (const b of this.panel?.querySelectorAll('button') ?? []) b.disabled = true;
    this.why(this.words[sure ? 'sealing' : 'unsure']!);
  }

  // refused shows why a lock was not done.
  refused(text: string): void {
    for (const b of this.panel?.querySelectorAll('button') ?? []) b.disabled = false;
    this.why(text);
  }

  why(text: string): void {
    const at = this.at.querySelector('[data-judge-why]');
    if (at) at.textContent = text;
  }

  // settle says of a sealed sheet whether this device keeps its opening, and what it had that does not count.
  private settle(): void {
    const mine = this.store.seals().filter((s) => s.run === this.run);
    const held = this.at.querySelector<HTMLElement>('[data-judge-opening]');
    if (held && mine.some((s) => s.commitment === this.sealed)) held.textContent = held.dataset['held'] ?? '';
    const counted = JSON.parse(this.at.dataset['marks'] ?? '{}') as Record<string, string>;
    const kept = this.store.marks(this.name);
    const late = Object.entries(kept).filter(([key, k]) => !k.sent && k.mark !== '' && k.mark !== counted[key]);
    for (const [, k] of Object.entries(kept)) if (!k.sent && !k.why) k.why = 'sealed';
    this.store.putMarks(this.name, kept);
    const refused = mine.find((s) => s.state === 'refused' && s.opening.version === this.version - 1);
    if (refused) this.why(this.words['unsealed']! + refused.why);
    else if (late.length > 0) this.why(said(this.words['late']!, late.map(([, k]) => k.mark).join('、')));
  }

  private notes(): void {
    const note = this.at.querySelector<HTMLElement>('[data-judge-note]');
    const area = note?.querySelector('textarea');
    if (!note || !area) return;
    note.hidden = false;
    area.value = this.store.note(this.run);
    area.addEventListener('input', () => this.store.putNote(this.run, area.value));
  }
}
