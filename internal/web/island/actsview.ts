// Shows how it stands with what is done on this device: the lines of the bar, the acts that want
// a person, and behind each form what was done with it and is not sent yet.
import type { Act, Line, Mark } from './actstore';

export type Bar = { section: HTMLElement; echoes: HTMLElement | undefined };
export type Standing = {
  acts: Act[];
  lines: Line[];
  reader: string;
  online: boolean;
  sending: number;
  signIn: boolean;
  lost: Mark | undefined;
  lasting: boolean | undefined;
  kept: { since?: number; without?: string; keeping?: boolean; why?: string };
  bundled: boolean;
};

type Shown = Record<string, string>;

// show shows these lines of the bar, each with its number.
export function show(bar: Bar, lines: Shown, since: Record<string, number> = {}): void {
  for (const line of bar.section.querySelectorAll<HTMLElement>('[data-acts-line]')) {
    const key = line.dataset['actsLine'] ?? '';
    const text = lines[key];
    line.hidden = text === undefined;
    if (text === undefined) continue;
    const n = line.querySelector('[data-n]') ?? line.querySelector('[data-text]');
    if (n && n.textContent !== text) n.textContent = text;
    const time = line.querySelector('time');
    const at = since[key];
    if (time && at !== undefined) {
      time.dateTime = new Date(at).toISOString();
      time.textContent = when(at);
    }
  }
}

function when(at: number): string {
  return new Date(at).toLocaleString(document.documentElement.lang, { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });
}

// say tells those who listen what has just happened: never the same twice in a row.
export function say(bar: Bar, what: 'offline' | 'online' | 'sent' | 'stopped' | 'queued' | 'large'): void {
  const voice = bar.section.querySelector<HTMLElement>('[data-acts-say]');
  if (!voice) return;
  const text = what === 'large' ? words(bar, 'large') : voice.dataset[`text${what[0]!.toUpperCase()}${what.slice(1)}`] ?? '';
  if (voice.textContent !== text) voice.textContent = text;
}

function words(bar: Bar, key: string): string {
  return bar.section.querySelector<HTMLElement>('[data-acts-words]')?.dataset[key] ?? '';
}

export function draw(bar: Bar, s: Standing): void {
  const waiting = s.acts.filter((a) => !a.stopped);
  const stopped = s.acts.filter((a) => a.stopped);
  const readable = new Map(s.lines.map((l) => [l.id, l]));
  const others = waiting.filter((a) => !readable.has(a.id)).length;
  const lines: Shown = {};
  const since: Record<string, number> = {};
  if (s.sending > 0 && s.online) lines['sending'] = String(waiting.length || s.sending);
  else if (waiting.length > 0) {
    lines['unsent'] = String(waiting.length);
    since['unsent'] = waiting[0]!.made;
  }
  if (!s.online) lines['offline'] = '';
  else if (s.acts.length === 0 && !s.lost?.unsent) lines['online'] = '';
  if (s.signIn && waiting.length > 0) lines['signin'] = '';
  if (others > 0) lines['others'] = String(others);
  if (stopped.length > 0) lines['stopped'] = String(stopped.length);
  if (s.bundled) bundle(bar, s, lines, since);
  if (s.lost) {
    lines[s.lost.unsent > 0 ? 'wiped' : 'emptied'] = String(s.lost.unsent);
    since['wiped'] = s.lost.last;
  }
  if (s.lasting === true && waiting.length > 0) lines['lasting'] = '';
  if (s.lasting === false && waiting.length > 0) lines['fleeting'] = '';
  for (const why of ['unready', 'full']) if (bar.section.dataset['actsRefused'] === why) lines[why] = '';
  show(bar, lines, since);
  const was = bar.section.dataset['actsOffline'] !== undefined;
  if (was === s.online) say(bar, s.online ? 'online' : 'offline');
  if (s.online) delete bar.section.dataset['actsOffline'];
  else bar.section.dataset['actsOffline'] = '';
  bar.section.dataset['actsUnsent'] = String(waiting.length);
  bar.section.dataset['actsStopped'] = String(stopped.length);
  bar.section.querySelector<HTMLElement>('[data-acts-buttons]')!.hidden = waiting.length + stopped.length === 0;
  items(bar, stopped, readable);
  echoes(bar, waiting, readable);
}

function bundle(bar: Bar, s: Standing, lines: Shown, since: Record<string, number>): void {
  if (s.kept.since !== undefined) {
    lines['kept'] = s.kept.without ? words(bar, 'without') + s.kept.without : '';
    since['kept'] = s.kept.since;
  } else if (s.kept.keeping) lines['keeping'] = '';
  else if (s.kept.why !== undefined) lines['notkept'] = words(bar, s.kept.why) || s.kept.why;
}

// items are the acts that a person has to decide. One that is drawn already is left alone, so
// that nothing moves under a finger.
function items(bar: Bar, stopped: Act[], readable: Map<string, Line>): void {
  const list = bar.section.querySelector<HTMLElement>('[data-acts-list]');
  const template = bar.section.querySelector<HTMLTemplateElement>('template[data-acts-item]');
  if (!list || !template) return;
  const wanted = new Set(stopped.map((a) => a.id));
  for (const old of list.querySelectorAll<HTMLElement>('[data-act-id]')) if (!wanted.has(old.dataset['actId'] ?? '')) old.remove();
  for (const act of stopped) {
    const line = readable.get(act.id);
    if (!line || list.querySelector(`[data-act-id="${CSS.escape(act.id)}"]`)) continue;
    const item = (template.content.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
    item.dataset['actId'] = act.id;
    const set = (what: string, text: string) => (item.querySelector(`[data-${what}]`)!.textContent = text);
    set('line', line.line);
    set('state', words(bar, line.state));
    set('says', line.says);
    set('wanted', line.wanted);
    set('now', line.now);
    item.querySelector<HTMLElement>('[data-versions]')!.hidden = line.now === '';
    item.querySelector<HTMLElement>('[data-acts-again]')!.hidden = line.state !== 'conflict' || line.version === 0;
    list.append(item);
  }
  list.hidden = list.childElementCount === 0;
}

// echoes are what was done on this page and is not sent: where the page has a place for it
// (data-acts-here), with the page's own template, or after the bar.
function echoes(bar: Bar, waiting: Act[], readable: Map<string, Line>): void {
  let list = bar.echoes;
  if (!list) {
    list = document.querySelector<HTMLElement>('[data-acts-here]') ?? undefined;
    if (!list) {
      list = document.createElement('ul');
      list.className = 'work-echoes';
      bar.section.after(list);
    }
    bar.echoes = list;
  }
  const here = waiting.map((a) => readable.get(a.id)).filter((l): l is Line => l?.page === location.pathname);
  const ids = new Set(here.map((l) => l.id));
  for (const old of list.querySelectorAll<HTMLElement>('[data-echo-id]')) {
    if (ids.has(old.dataset['echoId'] ?? '')) continue;
    if (old.dataset['echoDone'] === undefined && !readable.has(old.dataset['echoId'] ?? '')) {
      old.dataset['echoDone'] = '';
      const state = old.querySelector('[data-state]');
      if (state) {
        state.textContent = words(bar, 'done');
        state.classList.replace('badge-look', 'badge-good');
      }
    } else if (readable.has(old.dataset['echoId'] ?? '')) old.remove(); // it is among the items now
  }
  for (const line of here) {
    const drawn = list.querySelector<HTMLElement>(`[data-echo-id="${CSS.escape(line.id)}"]`);
    const state = words(bar, line.state === 'later' ? 'later' : 'waiting');
    const echo = drawn ?? echoOf(bar, line);
    const badge = echo.querySelector('[data-state]');
    if (badge && badge.textContent !== state) badge.textContent = state;
    if (!drawn) list.append(echo);
  }
}

// echoOf is one such line. The page's own template is filled in by data-field.
function echoOf(bar: Bar, line: Line): HTMLElement {
  const own = document.querySelector<HTMLTemplateElement>(`template[data-act-echo="${CSS.escape(line.kind)}"]`);
  const template = own ?? bar.section.querySelector<HTMLTemplateElement>('template[data-acts-echo]')!;
  const echo = (template.content.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
  echo.dataset['echoId'] = line.id;
  const body = line.body as Record<string, string | string[]>;
  for (const field of echo.querySelectorAll<HTMLElement>('[data-field]')) field.textContent = [body[field.dataset['field'] ?? ''] ?? ''].flat().join('、');
  const text = echo.querySelector('[data-line]');
  if (text) text.textContent = line.line;
  return echo;
}
