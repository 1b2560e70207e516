// The page of the public log grows while it is looked at. The browser itself comes again
// after a break, with the last entry that it has.
interface Entry {
  index: number;
  at: string;
  by?: string;
  kind: string;
  says?: string; // absent for a kind that this program does not write
  subject?: string;
  receipt: string;
}

const most = 60;

export function listenToLog(): void {
  const list = document.querySelector<HTMLElement>('[data-log-live]');
  const form = document.querySelector<HTMLTemplateElement>('[data-log-entry]');
  if (!list || !form || !('EventSource' in window)) return;
  let last = Number(list.dataset['logLive']);
  const listen = () => {
    const source = new EventSource(`/log/events?after=${last}`);
    source.addEventListener('entry', (event) => {
      const entry = JSON.parse((event as MessageEvent<string>).data) as Entry;
      if (entry.index <= last) return; // said before
      last = entry.index;
      list.prepend(shown(form, entry));
      while (list.childElementCount > most) list.lastElementChild?.remove();
    });
    // Where the site refuses, the browser gives up; a minute later there may be room.
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 60_000);
    });
    addEventListener('pagehide', () => source.close(), { once: true });
  };
  listen();
  addEventListener('pageshow', (event) => event.persisted && listen());
}

function shown(form: HTMLTemplateElement, entry: Entry): Node {
  const row = form.content.cloneNode(true) as DocumentFragment;
  const [says, subject, by] = row.querySelectorAll('span');
  const link = row.querySelector('a');
  if (link) {
    link.href = entry.receipt;
    link.textContent = (form.dataset['logEntry'] ?? '#').replace('#', String(entry.index));
  }
  for (const [part, text] of [[row.querySelector('time'), entry.at], [row.querySelector('code'), entry.kind], [says, entry.says], [subject, entry.subject], [by, entry.by]] as const) {
    if (part) part.textContent = text ?? '';
  }
  return row;
}
