// Painting over a photo: rectangles and strokes, by finger, mouse or keys. What is kept
// is their corners and lines in ten-thousandths of the picture; the server paints pixels.
type Shape = { points: [number, number][]; width?: number };

const unit = 10_000;
const step = 100; // of the keys: a hundredth of the picture
const brush = 500; // how wide a stroke is, of the longer side
const least = 60; // what is smaller was a slip of the finger
const mostPoints = 1500; // of all strokes: the server takes 2000

export function startCover(at: HTMLElement): void {
  const picture = at.querySelector<SVGSVGElement>('[data-cover-picture]')!;
  const value = document.querySelector<HTMLInputElement>('[data-cover-value]')!;
  const undo = at.querySelector<HTMLButtonElement>('[data-cover-undo]')!;
  const says = at.querySelector<HTMLElement>('[data-cover-says]')!;
  const words = JSON.parse(at.dataset['words'] ?? '{}') as Record<string, string>;
  const { width, height } = picture.viewBox.baseVal;
  let shapes = JSON.parse(at.dataset['shapes'] ?? '[]') as Shape[];
  const before: string[] = []; // each state that can be gone back to
  let mode = 'rectangle';

  const word = (key: string, n: number) => (words[key] ?? '').replace('{0}', String(n));
  const keep = () => {
    before.push(JSON.stringify(shapes));
    if (before.length > 200) before.shift();
  };
  const changed = (focus = -1) => {
    value.value = JSON.stringify(shapes);
    undo.disabled = before.length === 0;
    says.textContent = word('count', shapes.length);
    draw(focus);
  };

  function draw(focus: number): void {
    picture.querySelectorAll('[data-shape]').forEach((e) => e.remove());
    shapes.forEach((shape, i) => {
      const e = shape.width ? stroke(shape) : rectangle(shape);
      e.dataset['shape'] = String(i);
      e.setAttribute('tabindex', '0');
      e.setAttribute('role', 'button');
      e.setAttribute('aria-label', word(shape.width ? 'stroke' : 'rectangle', i + 1));
      e.addEventListener('keydown', (key) => press(key, i));
      picture.append(e);
      if (i === focus) e.focus();
    });
  }
  function rectangle(shape: Shape): SVGElement {
    const e = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const [[x, y], [u, v]] = shape.points as [[number, number], [number, number]];
    e.setAttribute('class', 'cover-shape');
    e.setAttribute('x', String((Math.min(x, u) * width) / unit));
    e.setAttribute('y', String((Math.min(y, v) * height) / unit));
    e.setAttribute('width', String((Math.abs(x - u) * width) / unit));
    e.setAttribute('height', String((Math.abs(y - v) * height) / unit));
    return e;
  }
  function stroke(shape: Shape): SVGElement {
    const e = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    const points = shape.points.length > 1 ? shape.points : [...shape.points, ...shape.points];
    e.setAttribute('class', 'cover-stroke');
    e.setAttribute('points', points.map(([x, y]) => `${(x * width) / unit},${(y * height) / unit}`).join(' '));
    e.setAttribute('stroke-width', String(((shape.width ?? brush) * Math.max(width, height)) / unit));
    return e;
  }

  function press(e: KeyboardEvent, i: number): void {
    const shape = shapes[i];
    if (!shape) return;
    if (e.key === 'Delete' || e.key === 'Backspace') {
      e.preventDefault();
      keep();
      shapes.splice(i, 1);
      changed(Math.min(i, shapes.length - 1));
      return;
    }
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key];
    if (!by || (e.shiftKey && shape.width)) return;
    e.preventDefault();
    keep();
    // Shift moves the far corner alone. What moves stays whole inside the picture.
    const moved = e.shiftKey ? [shape.points[1]!] : shape.points;
    const within = (n: 0 | 1) => Math.max(-Math.min(...moved.map((p) => p[n])), Math.min(unit - Math.max(...moved.map((p) => p[n])), by[n]!));
    const [dx, dy] = [within(0), within(1)];
    for (const p of moved) {
      p[0] += dx;
      p[1] += dy;
    }
    changed(i);
  }

  const place = (e: PointerEvent): [number, number] => {
    const box = picture.getBoundingClientRect();
    // The drawing keeps its shape in its box: what is left is beside it.
    const scale = Math.min(box.width / width, box.height / height);
    const x = (e.clientX - box.left - (box.width - width * scale) / 2) / scale / width;
    const y = (e.clientY - box.top - (box.height - height * scale) / 2) / scale / height;
    const cut = (n: number) => Math.round(Math.max(0, Math.min(1, n)) * unit);
    return [cut(x), cut(y)];
  };
  let drawing: Shape | null = null;
  picture.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    e.preventDefault();
    picture.setPointerCapture(e.pointerId);
    keep();
    drawing = mode === 'brush' ? { points: [place(e)], width: brush } : { points: [place(e), place(e)] };
    shapes.push(drawing);
    draw(-1);
  });
  picture.addEventListener('pointermove', (e) => {
    if (!drawing) return;
    const p = place(e);
    if (!drawing.width) drawing.points[1] = p;
    else {
      const last = drawing.points[drawing.points.length - 1]!;
      const all = shapes.reduce((n, s) => n + s.points.length, 0);
      if (Math.hypot(p[0] - last[0], p[1] - last[1]) > least && all < mostPoints) drawing.points.push(p);
    }
    draw(-1);
  });
  const end = () => {
    if (!drawing) return;
    const [[x, y], far] = [drawing.points[0]!, drawing.points[1]];
    if (!drawing.width && far && (Math.abs(far[0] - x) < least || Math.abs(far[1] - y) < least)) {
      shapes.pop();
      before.pop();
    }
    drawing = null;
    changed(shapes.length - 1);
  };
  picture.addEventListener('pointerup', end);
  picture.addEventListener('pointercancel', end);

  for (const b of at.querySelectorAll<HTMLButtonElement>('[data-cover-mode]')) {
    b.addEventListener('click', () => {
      mode = b.dataset['coverMode'] ?? mode;
      at.querySelectorAll('[data-cover-mode]').forEach((other) => other.setAttribute('aria-pressed', String(other === b)));
    });
  }
  at.querySelector('[data-cover-add]')?.addEventListener('click', () => {
    keep();
    shapes.push({ points: [[4000, 4000], [6000, 6000]] });
    changed(shapes.length - 1);
  });
  undo.addEventListener('click', () => {
    const last = before.pop();
    if (last === undefined) return;
    shapes = JSON.parse(last) as Shape[];
    changed();
  });
  at.querySelector<HTMLElement>('[data-cover-tools]')!.hidden = false;
  draw(-1);
}
