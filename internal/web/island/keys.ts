// Keys of office pages: / looks for something, ? lists the keys. Neither does anything
// while something is being typed, and both can be turned off, since whoever speaks to
// their computer sends single letters by accident (WCAG 2.1.4).
const off = 'keys-off';

export function listenForKeys(): void {
  const list = document.querySelector<HTMLDialogElement>('dialog[data-keys]');
  const on = list?.querySelector<HTMLInputElement>('[data-keys-on]');
  if (!list || !on) return;
  on.checked = localStorage.getItem(off) === null;
  on.addEventListener('change', () => {
    if (on.checked) localStorage.removeItem(off);
    else localStorage.setItem(off, '1');
  });
  for (const row of list.querySelectorAll<HTMLElement>('[data-keys-search]')) row.hidden = !searchField();
  for (const opener of document.querySelectorAll<HTMLButtonElement>('[data-keys-list]')) {
    opener.hidden = false;
    opener.addEventListener('click', () => list.showModal());
  }
  document.addEventListener('keydown', (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (event.key === '?') {
      list.showModal();
    } else if (event.key === '/') {
      const field = searchField();
      if (!field) return;
      for (let fold = field.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true;
      field.focus();
      field.select();
    } else {
      return;
    }
    event.preventDefault();
  });
}

function searchField(): HTMLInputElement | null {
  return document.querySelector('main input[type="search"], main [role="search"] input:not([type="hidden"])');
}

function isTyping(where: EventTarget | null): boolean {
  return where instanceof HTMLElement && (where.isContentEditable || where.matches('input, textarea, select'));
}
