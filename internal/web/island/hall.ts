// Pages of a contest that is judged: the board that comes over a stream, clocks by the server's time, the bell, keys of the desk
// and the host, and the parts of a page that are asked for again. Without it each page is complete, and is loaded again by hand.

// How far the server's clock is ahead of this one, in milliseconds.
let ahead = 0;

// The time by which clocks are shown.
let now = () => Date.now() + ahead;

// clocksBy has clocks run by another time than the server's: that of an event which is played again.
export function clocksBy(time: () => number): void {
  now = time;
  setInterval(tick, 200);
}

export function startHall(): void {
  const server = document.querySelector<HTMLElement>('[data-now]')?.dataset['now'];
  if (server !== undefined) {
    const [came] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    ahead = Number(server) - (performance.timeOrigin + (came?.responseStart ?? performance.now()));
  }
  for (const live of document.querySelectorAll<HTMLElement>('[data-live]')) listen(live);
  for (const part of document.querySelectorAll<HTMLElement>('[data-again]')) askAgain(part);
  startBell();
  startKeys();
  startOnce();
  startTurning();
  tick();
  setInterval(tick, 200);
}

// listen shows each board that comes. The browser itself comes again after a break, with the number that it has.
function listen(live: HTMLElement): void {
  const here = live.querySelector<HTMLElement>('[data-live-here]');
  const lost = live.querySelector<HTMLElement>('[data-live-lost]');
  if (!here || !('EventSource' in window)) return;
  let number = live.dataset['number'] ?? '';
  let broken = 0;
  const found = () => {
    clearTimeout(broken);
    broken = 0;
    if (lost) lost.hidden = true;
  };
  const open = () => {
    const source = new EventSource(`${live.dataset['live'] ?? ''}&after=${number}`);
    source.addEventListener('now', (event) => {
      ahead = Number((event as MessageEvent<string>).data) - Date.now();
      found();
    });
    source.addEventListener('board', (event) => {
      const message = event as MessageEvent<string>;
      number = message.lastEventId;
      here.innerHTML = message.data;
      live.dataset['number'] = number;
      found();
      turn();
      tick();
    });
    // A stream ends by itself from time to time; only what does not come back is a loss.
    source.addEventListener('error', () => {
      if (broken === 0) broken = window.setTimeout(() => lost && (lost.hidden = false), 4000);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
    });
    addEventListener('pagehide', () => source.close(), { once: true });
  };
  open();
  addEventListener('pageshow', (event) => event.persisted && open());
}

const minutes = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

// What was rung for already: each run is warned of once, and ends once.
const rung = new Set<string>();

function tick(): void {
  for (const clock of document.querySelectorAll<HTMLElement>('[data-clock="presenting"]')) {
    const of = (key: string) => Number(clock.dataset[key] ?? 0);
    const since = of('since');
    const left = of('limit') * 1000 - of('before') - (since > 0 ? Math.max(0, now() - since) : 0);
    const over = left <= -1000;
    const face = over ? `+${minutes(Math.floor(-left / 1000))}` : minutes(Math.ceil(Math.max(0, left) / 1000));
    const warn = !over && left <= of('warn') * 1000;
    const [shown, says] = [clock.querySelector('[data-clock-face]'), clock.querySelector('[data-clock-says]')];
    if (shown && shown.textContent !== face) shown.textContent = face;
    clock.classList.toggle('clock-over', over);
    clock.classList.toggle('clock-warn', warn);
    if (since === 0) continue; // it stands
    const word = clock.dataset[over ? 'textOver' : warn ? 'textWarn' : 'textLeft'] ?? '';
    if (says && says.textContent !== word) says.textContent = word;
    for (const [what, due] of [['warn', left <= of('warn') * 1000 && left > 0], ['end', left <= 0]] as const) {
      const key = `${clock.dataset['of'] ?? ''} ${what}`;
      if (!due || rung.has(key)) continue;
      rung.add(key);
      // Who opens the page late is not rung at for what was long ago.
      const late = what === 'end' ? -left : of('warn') * 1000 - left;
      if (late < 3000) ring(what === 'end' ? 3 : 1);
    }
  }
}

// The bell is silent until somebody has turned it on: browsers let no page sound before.
let sound: AudioContext | undefined;

function startBell(): void {
  for (const bell of document.querySelectorAll<HTMLButtonElement>('[data-bell]')) {
    bell.hidden = !('AudioContext' in window);
    bell.addEventListener('click', () => {
      sound ??= new AudioContext();
      void sound.resume();
      ring(1);
      bell.dataset['on'] = '1';
      bell.setAttribute('aria-pressed', 'true');
      const label = bell.querySelector('span');
      if (label) label.textContent = bell.dataset['textOn'] ?? '';
    });
  }
}

function ring(times: number): void {
  document.body.dataset['rang'] = String(Number(document.body.dataset['rang'] ?? 0) + times);
  if (!sound) return;
  for (let i = 0; i < times; i++) {
    const at = sound.currentTime + i * 0.45;
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.5, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.42);
  }
}

// A list that has more than one picture shows one after the other.
let picture = 0;

function turn(): void {
  const all = document.querySelectorAll<HTMLElement>('[data-turn]');
  all.forEach((one, i) => (one.hidden = i !== picture % all.length));
}

function startTurning(): void {
  turn();
  setInterval(() => {
    picture++;
    turn();
  }, 10_000);
}

// askAgain replaces the parts of a page that have changed, but none in which somebody is typing.
function askAgain(root: HTMLElement): void {
  const had = new Map<string, string>();
  for (const part of root.querySelectorAll<HTMLElement>('[data-part]')) had.set(part.id, part.outerHTML);
  let failed = 0;
  const lost = root.querySelector<HTMLElement>('[data-live-lost]');
  const ask = async () => {
    try {
      const answer = await fetch(root.dataset['again'] ?? '', { headers: { Accept: 'text/html' }, redirect: 'manual' });
      if (!answer.ok) throw new Error(String(answer.status));
      ahead = Number(answer.headers.get('X-Now')) - Date.now();
      show(new DOMParser().parseFromString(await answer.text(), 'text/html'), had);
      failed = 0;
    } catch {
      failed++;
    }
    if (lost) lost.hidden = failed < 3;
    setTimeout(() => void ask(), Number(root.dataset['every'] ?? 1500));
  };
  setTimeout(() => void ask(), Number(root.dataset['every'] ?? 1500));
}

function show(page: Document, had: Map<string, string>): void {
  for (const part of page.querySelectorAll<HTMLElement>('[data-part]')) {
    const there = document.getElementById(part.id);
    if (!there || had.get(part.id) === part.outerHTML) continue;
    const stale = there.querySelector<HTMLElement>('[data-stale]');
    if (typing(there)) {
      if (stale) stale.hidden = false;
      continue;
    }
    had.set(part.id, part.outerHTML);
    const open = [...there.querySelectorAll<HTMLElement>('details[open][id]')].map((one) => one.id);
    const focus = there.contains(document.activeElement) ? document.activeElement?.id : undefined;
    there.replaceWith(part);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (focus) document.getElementById(focus)?.focus();
    document.body.dataset['shown'] = String(Number(document.body.dataset['shown'] ?? 0) + 1);
  }
  tick();
}

function typing(part: HTMLElement): boolean {
  const active = document.activeElement;
  if (active instanceof HTMLElement && part.contains(active) && active.matches('input, textarea, select')) return true;
  for (const field of part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input:not([type="hidden"]):not([type="radio"]):not([type="checkbox"]), textarea')) {
    if (field.value !== field.defaultValue) return true;
  }
  return false;
}

// Keys press the button that is labelled with them: once, however long they are held, and not twice in a second. They can be
// turned off with those of office pages.
let pressed = 0;

function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || localStorage.getItem('keys-off') !== null) return;
    const on = event.target;
    if (on instanceof HTMLElement && (on.isContentEditable || on.matches('input, textarea, select, a, summary') || document.querySelector('dialog[open]'))) return;
    const key = event.key === ' ' ? 'Space' : event.key;
    const button = [...document.querySelectorAll<HTMLElement>('[data-key]')].find((one) => (one.dataset['key'] ?? '').split(' ').some((k) => k.toLowerCase() === key.toLowerCase()) && one.offsetParent !== null);
    if (!button) return;
    if (on instanceof HTMLElement && on.matches('button') && on !== button) return; // Enter and space are the focused button's
    event.preventDefault();
    if (event.repeat || Date.now() - pressed < 1000 || button.matches(':disabled')) return;
    pressed = Date.now();
    button.click();
    const fold = button.closest('details') ?? document.getElementById(button.dataset['opens'] ?? '');
    if (fold instanceof HTMLDetailsElement && button.matches('summary')) fold.querySelector<HTMLElement>('input, textarea')?.focus();
  });
}

// startOnce has a form of a step sent once.
function startOnce(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-step]')) return;
    if (form.dataset['sent'] !== undefined) event.preventDefault();
    form.dataset['sent'] = '1';
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-busy', 'true');
  });
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) {
      delete form.dataset['sent'];
      for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-busy');
    }
  });
}
