// A signature that is drawn with a finger, and what it is for. Without this script the name that was typed is the signature.
//
//   data-ink-form     a form that signs: its words and covers get what this device has noted and not sent yet (data-signs)
//   data-ink          has a canvas; what is drawn goes with the form as its file "signature"

export function startInk(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-ink-form]')) {
    const pad = form.querySelector<HTMLElement>('[data-ink]');
    const drawn = pad ? startPad(pad, form) : () => undefined;
    form.addEventListener('formdata', ({ formData }) => {
      const unsent = [...document.querySelectorAll<HTMLElement>('[data-acts-here] [data-signs][data-echo-id]')];
      const lines = unsent.map((e) => e.querySelector('[data-line]')?.textContent ?? '');
      const ids = unsent.map((e) => e.dataset['echoId'] ?? '');
      formData.set('words', [String(formData.get('words') ?? ''), ...lines].join('\n'));
      formData.set('covers', [String(formData.get('covers') ?? ''), ...ids].filter(Boolean).join(' '));
      const picture = drawn();
      if (picture) formData.set('signature', picture, 'signature.png');
    });
  }
}

// startPad lets somebody draw, and returns what is drawn now, or nothing.
function startPad(pad: HTMLElement, form: HTMLFormElement): () => Blob | undefined {
  const canvas = pad.querySelector('canvas')!;
  const pen = canvas.getContext('2d');
  if (!pen) return () => undefined;
  let strokes = 0;
  const clear = () => {
    strokes = 0;
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };
  const at = (e: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((e.clientX - box.left) / box.width) * canvas.width, ((e.clientY - box.top) / box.height) * canvas.height];
  };
  clear();
  pad.hidden = false;
  canvas.addEventListener('pointerdown', (e) => {
    canvas.setPointerCapture(e.pointerId);
    pen.lineWidth = 6;
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    pen.strokeStyle = 'black';
    pen.beginPath();
    pen.moveTo(...at(e));
  });
  canvas.addEventListener('pointermove', (e) => {
    if (!canvas.hasPointerCapture(e.pointerId)) return;
    strokes++;
    pen.lineTo(...at(e));
    pen.stroke();
  });
  pad.querySelector('[data-ink-clear]')?.addEventListener('click', clear);
  form.addEventListener('reset', clear);
  // It has to be there at once when the form is read: a canvas gives bytes only later.
  return () => {
    if (strokes === 0) return undefined;
    const bytes = atob(canvas.toDataURL('image/png').split(',')[1] ?? '');
    return new Blob([Uint8Array.from(bytes, (c) => c.charCodeAt(0))], { type: 'image/png' });
  };
}
