// A page stays useful without a network: a worker keeps what was open (see
// worker/worker.ts), a kept page says from when it is, and a button drops all that
// is kept. Where there is no worker (an old browser, an address without https), a
// page that is open says that it stays as it is, in place of the browser's error.
const kept = 'xiadu-kept'; // as in worker/worker.ts

export function stayUseful(): void {
  sayWhen();
  const workers = window.isSecureContext ? navigator.serviceWorker : undefined;
  if (workers) void keepPages(workers);
  if (!workers) stayWithoutWorker();
  for (const note of document.querySelectorAll<HTMLElement>('[data-kept-note]')) offerToForget(note, Boolean(workers));
}

async function keepPages(workers: ServiceWorkerContainer): Promise<void> {
  const first = !workers.controller;
  try {
    await workers.register('/worker.js');
    const { active } = await workers.ready;
    if (first) active?.postMessage({ keep: location.href });
  } catch {
    // Without a worker the page works as it did.
  }
}

// sayWhen fills in the hour at which a kept page was true, and asks again when the
// network is back.
function sayWhen(): void {
  const line = document.querySelector<HTMLElement>('[data-offline]:not([hidden])');
  const time = line?.querySelectorAll<HTMLTimeElement>('time[data-kept-at]') ?? [];
  for (const t of time) {
    const at = new Date(Number(t.dataset['keptAt']));
    t.dateTime = at.toISOString();
    t.textContent = at.toLocaleString(document.documentElement.lang, { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });
  }
  // Pages of work at hand are left alone: somebody may be in the middle of a form.
  if (line && !line.querySelector('[data-offline-bundle]:not([hidden])')) window.addEventListener('online', () => location.reload());
}

function stayWithoutWorker(): void {
  const line = document.querySelector<HTMLElement>('[data-offline]');
  const opened = Date.now();
  const hold = (event: Event) => {
    if (navigator.onLine || !line) return;
    event.preventDefault();
    line.hidden = false;
    line.querySelector<HTMLElement>('[data-offline-same]')!.hidden = false;
    for (const t of line.querySelectorAll<HTMLTimeElement>('time[data-kept-at]')) t.dataset['keptAt'] = String(opened);
    sayWhen();
    line.scrollIntoView({ block: 'start' });
  };
  document.addEventListener('submit', hold);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link && link.origin === location.origin && link.pathname + link.search !== location.pathname + location.search) hold(event);
  });
}

function offerToForget(note: HTMLElement, keeps: boolean): void {
  const button = note.querySelector('button');
  const done = note.querySelector<HTMLElement>('[data-forgotten]');
  if (!keeps || !button || !done) return;
  note.hidden = false;
  button.addEventListener('click', () => {
    void caches.delete(kept).then(() => {
      for (const child of note.children) if (child instanceof HTMLElement) child.hidden = child !== done;
      done.focus();
    });
  });
}
