// A form with a place in it: a tap on the map or the phone's own position is noted and said, and may be dropped.
export function startPlaces(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-place]')) {
    const says = form.querySelector<HTMLElement>('[data-place-says]');
    if (!says) continue;
    form.addEventListener('place', () => (says.hidden = false));
    form.querySelector('[data-place-drop]')?.addEventListener('click', () => {
      for (const name of ['lat', 'lon']) {
        const input = form.elements.namedItem(name);
        if (input instanceof HTMLInputElement) input.value = '';
      }
      says.hidden = true;
      form.dispatchEvent(new CustomEvent('noplace'));
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }
}
