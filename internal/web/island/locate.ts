// The button that asks the phone where it is: fills lat and lon of the form it
// names and sends it. A refusal is said in words, with what to do instead.
export function startLocating(root: ParentNode): void {
  if (!('geolocation' in navigator) || !window.isSecureContext) return;
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-locate][hidden]')) {
    button.hidden = false;
    button.addEventListener('click', () => ask(button));
  }
}

function ask(button: HTMLButtonElement): void {
  const form = document.getElementById(button.dataset['locate'] ?? '');
  const status = button.parentElement?.querySelector<HTMLElement>('[data-locate-status]');
  const label = button.querySelector('span');
  if (!(form instanceof HTMLFormElement) || !label) return;
  const rest = label.textContent;
  const done = (words: string) => {
    button.removeAttribute('aria-busy');
    label.textContent = rest;
    if (status) status.textContent = words;
  };
  button.setAttribute('aria-busy', 'true');
  label.textContent = button.dataset['asking'] ?? '';
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      done('');
      sendPosition(form, coords.longitude, coords.latitude);
    },
    (error) => done((error.code === error.PERMISSION_DENIED ? button.dataset['refused'] : button.dataset['failed']) ?? ''),
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
  );
}

// Five decimals are a metre: enough to find a door, and no finer than needed.
export function sendPosition(form: HTMLFormElement, lon: number, lat: number): void {
  for (const [name, value] of [['lon', lon], ['lat', lat]] as const) {
    const input = form.elements.namedItem(name);
    if (input instanceof HTMLInputElement) input.value = value.toFixed(5);
  }
  if ('place' in form.dataset) { // a form that is not sent for it, and says that it is noted
    form.dispatchEvent(new CustomEvent<[number, number]>('place', { detail: [lon, lat] }));
    return;
  }
  // A place typed earlier would contradict the position.
  const place = form.elements.namedItem('q');
  if (place instanceof HTMLInputElement) place.value = '';
  form.requestSubmit();
}
