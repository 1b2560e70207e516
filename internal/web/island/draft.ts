// What somebody types into a long form stays in this tab until it is sent: a reload, a
// dead battery's restart or a step back does not lose it. It is kept for the tab alone
// (sessionStorage), never a password or a file, and never for a form that somebody has
// changed meanwhile: its key has the version that was opened.
type Kept = Record<string, string[]>;

let signedOut = false; // nothing is kept any more

export function keepDrafts(): void {
  for (const note of document.querySelectorAll<HTMLElement>('[data-draft]')) {
    const form = note.closest('form');
    if (!form) continue;
    const key = `draft ${form.getAttribute('action') ?? location.pathname} ${note.dataset['draft'] ?? ''}`;
    const opened = read(form);
    // A form that came back with what is wrong has what was typed already.
    if (form.dataset['refused'] === undefined && form.querySelector('.field-wrong') === null) restore(form, note, key, opened);
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      timer = 0;
      write(key, read(form), opened);
    };
    const save = () => {
      clearTimeout(timer);
      timer = window.setTimeout(keep, 300);
    };
    // Who leaves at once has typed it all the same.
    addEventListener('pagehide', () => {
      if (timer !== 0 && !signedOut) keep();
    });
    form.addEventListener('input', save);
    form.addEventListener('change', save);
    form.addEventListener('submit', () => {
      keep();
      sessionStorage.setItem('sent', key);
    });
    note.querySelector('[data-draft-drop]')?.addEventListener('click', () => {
      clearTimeout(timer);
      timer = 0;
      sessionStorage.removeItem(key);
      fill(form, opened);
      note.hidden = true;
    });
  }
  forgetSent();
  // Whoever sits at this tab next is somebody else.
  document.querySelector('form[action="/sign-out"]')?.addEventListener('submit', () => {
    signedOut = true;
    sessionStorage.clear();
  });
}

// forgetSent drops what was sent, once another page has come in answer.
function forgetSent(): void {
  const key = sessionStorage.getItem('sent');
  if (key === null) return;
  sessionStorage.removeItem('sent');
  if (document.querySelector('main form [data-draft]') === null) sessionStorage.removeItem(key);
}

function restore(form: HTMLFormElement, note: HTMLElement, key: string, opened: Kept): void {
  const text = sessionStorage.getItem(key);
  if (text === null) return;
  const kept = JSON.parse(text) as Kept;
  if (same(kept, opened)) return;
  fill(form, kept);
  note.hidden = false;
}

function write(key: string, now: Kept, opened: Kept): void {
  if (same(now, opened)) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, JSON.stringify(now));
}

function fields(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
  return [...form.elements].filter(
    (e): e is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
      (e instanceof HTMLInputElement && !['hidden', 'password', 'file', 'submit', 'button'].includes(e.type)) || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement,
  );
}

function isBox(e: Element): e is HTMLInputElement {
  return e instanceof HTMLInputElement && (e.type === 'checkbox' || e.type === 'radio');
}

function read(form: HTMLFormElement): Kept {
  const kept: Kept = {};
  for (const e of fields(form)) {
    const values = (kept[e.name] ??= []);
    if (!isBox(e)) values.push(e.value);
    else if (e.checked) values.push(e.value);
  }
  return kept;
}

function fill(form: HTMLFormElement, kept: Kept): void {
  const at: Record<string, number> = {};
  for (const e of fields(form)) {
    const values = kept[e.name];
    if (values === undefined) continue;
    if (isBox(e)) {
      e.checked = values.includes(e.value);
      continue;
    }
    const n = at[e.name] ?? 0;
    at[e.name] = n + 1;
    const value = values[n];
    if (value !== undefined) e.value = value;
  }
}

function same(a: Kept, b: Kept): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
