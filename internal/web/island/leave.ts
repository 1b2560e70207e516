// The working copy of what is done without a signal (pages, lines, the key that signs) ends
// with the sign-in: at sign-out at once, also without a line, and when a page comes for
// somebody else. What is sealed stays, and is sent by whoever signs in next.
import { forgetBundles } from './bundle';
import { within } from './actstore';

const copy = 'xiadu-copy'; // whose working copy is here
const leaving = 'xiadu-leaving'; // somebody signed out without a line

let checked: Promise<void> | undefined;

// ended removes a working copy that is not the reader's of this page.
export function ended(): Promise<void> {
  const whose = localStorage.getItem(copy);
  const live = document.querySelector('[data-offline]:not([hidden]), [data-no-network]') === null;
  checked ??= whose !== null && live && document.body.dataset['reader'] !== whose ? confirmGone(whose) : Promise.resolve();
  return checked;
}

export function watchLeaving(): void {
  if (localStorage.getItem(leaving) !== null) void leave();
  if (localStorage.getItem(copy) === null) return;
  for (const form of document.querySelectorAll<HTMLFormElement>('form[action="/sign-out"]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void out(form);
    });
  }
  void ended();
}

// forget removes what can be read, and the key.
async function forget(): Promise<void> {
  await forgetBundles();
  await within(['devices', 'lines', 'chains'], 'readwrite', (of) => {
    for (const store of ['devices', 'lines', 'chains'] as const) of(store).clear();
  });
  localStorage.removeItem(copy);
}

async function out(form: HTMLFormElement): Promise<void> {
  sessionStorage.clear();
  await forget().catch(() => undefined);
  localStorage.setItem(leaving, '');
  try {
    const answer = await fetch(form.action, { method: 'POST', redirect: 'manual' });
    if (answer.ok || answer.type === 'opaqueredirect') localStorage.removeItem(leaving);
    location.assign('/sign-in?out=1');
  } catch {
    location.assign('/offline'); // the session is ended as soon as there is a line
  }
}

// leave ends a session that its owner left without a line.
async function leave(): Promise<void> {
  try {
    await fetch('/sign-out', { method: 'POST', redirect: 'manual' });
    localStorage.removeItem(leaving);
    if (document.body.dataset['reader']) location.reload();
  } catch {
    // Still no line.
  }
}

// confirmGone asks the server before it takes a page's word: a page of an outage names nobody.
async function confirmGone(whose: string): Promise<void> {
  try {
    const answer = await fetch('/api/v1/acts', { cache: 'no-store' });
    if (answer.ok && ((await answer.json()) as { reader: string }).reader !== whose) await forget();
  } catch {
    // No line: nothing is known.
  }
}
