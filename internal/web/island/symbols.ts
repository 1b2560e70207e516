// The pictures on the map, drawn when the style first asks for them by name:
// station-<kind>-<open>, here, hatch, hatch-dot, shift-<up|down>-<first|second>,
// act-<opened|closed|from|moved|hours>. Shape says the kind, fill says
// open; no picture depends on colour alone.
import type { Map as MapLibre } from 'maplibre-gl';
import { theme, type Theme } from './theme';

const scale = 2;

export function drawMissing(map: MapLibre, id: string): void {
  const image = draw(id, theme());
  if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: scale });
}

function draw(id: string, t: Theme): ImageData | null {
  const [what, kind = '', open = ''] = id.split('-');
  switch (what) {
    case 'station':
      return canvas(30, (c) => station(c, t, kind, open));
    case 'here':
      return canvas(22, (c) => here(c, t));
    case 'hatch':
      return kind === 'dot' ? canvas(14, (c) => hatchDot(c, t)) : canvas(8, (c) => hatch(c, t, 8));
    case 'shift':
      return canvas(16, (c) => shift(c, t, kind === 'up', open === 'first'));
    case 'act':
      return kind === 'closed' || kind === 'from' ? canvas(34, (c) => crossed(c, t, kind === 'from')) : canvas(20, (c) => act(c, t, kind));
    default:
      return null;
  }
}

function canvas(size: number, paint: (c: CanvasRenderingContext2D) => void): ImageData | null {
  const element = document.createElement('canvas');
  element.width = element.height = size * scale;
  const c = element.getContext('2d');
  if (!c) return null;
  c.scale(scale, scale);
  paint(c);
  return c.getImageData(0, 0, element.width, element.height);
}

function outline(kind: string): Path2D {
  const p = new Path2D();
  switch (kind) {
    case 'micro':
      p.moveTo(15, 3);
      p.lineTo(27, 15);
      p.lineTo(15, 27);
      p.lineTo(3, 15);
      break;
    case 'proposed':
      p.rect(8, 8, 14, 14);
      break;
    case 'mobile':
      p.moveTo(15, 4);
      p.lineTo(27, 25);
      p.lineTo(3, 25);
      break;
    default:
      p.arc(15, 15, 11, 0, 2 * Math.PI);
  }
  p.closePath();
  return p;
}

function station(c: CanvasRenderingContext2D, t: Theme, kind: string, open: string): void {
  const shape = outline(kind);
  c.lineJoin = 'round';
  c.strokeStyle = t.paper;
  c.lineWidth = 5;
  c.stroke(shape); // the rim that parts it from the streets below
  const colour = open === 'open' ? t.open : open === 'closed' ? t.closed : t.unknown;
  c.fillStyle = open === 'open' ? t.open : open === 'closing' ? t.unknown : t.paper;
  c.fill(shape);
  c.strokeStyle = colour;
  c.lineWidth = 2.25;
  if (open === 'unknown') c.setLineDash([5, 2.5]);
  c.stroke(shape);
  if (open === 'closing') doubleEdge(c, t, shape);
}

// doubleEdge marks a door that shuts soon, for eyes that do not tell its colour.
function doubleEdge(c: CanvasRenderingContext2D, t: Theme, shape: Path2D): void {
  c.translate(15, 15);
  c.scale(0.8, 0.8);
  c.translate(-15, -15);
  c.strokeStyle = t.paper;
  c.lineWidth = 1.6;
  c.stroke(shape);
}

function here(c: CanvasRenderingContext2D, t: Theme): void {
  c.arc(11, 11, 8.5, 0, 2 * Math.PI);
  c.fillStyle = t.here;
  c.fill();
  c.strokeStyle = t.text;
  c.lineWidth = 3;
  c.stroke();
}

// Two diagonals so that the pattern meets itself at the tile's edges.
function hatch(c: CanvasRenderingContext2D, t: Theme, size: number): void {
  c.strokeStyle = t.uncovered;
  c.globalAlpha = 0.75;
  c.lineWidth = 1.4;
  for (const shift of [-size, 0, size]) {
    c.beginPath();
    c.moveTo(shift - 1, size + 1);
    c.lineTo(shift + size + 1, -1);
    c.stroke();
  }
}

// A patch without an edge: cells that touch make one hatched field.
function hatchDot(c: CanvasRenderingContext2D, t: Theme): void {
  c.beginPath();
  c.rect(0, 0, 14, 14);
  c.clip();
  c.strokeStyle = t.uncovered;
  c.globalAlpha = 0.65;
  c.lineWidth = 1.5;
  for (let shift = -14; shift <= 14; shift += 7) {
    c.beginPath();
    c.moveTo(shift - 1, 15);
    c.lineTo(shift + 15, -1);
    c.stroke();
  }
}

// shift is a plus or a minus: bold for a first station, fine for a second.
function shift(c: CanvasRenderingContext2D, t: Theme, up: boolean, first: boolean): void {
  for (const [width, colour] of [[first ? 6 : 4.5, t.paper], [first ? 3.25 : 1.75, up ? t.open : t.uncovered]] as const) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.beginPath();
    c.moveTo(3.5, 8);
    c.lineTo(12.5, 8);
    if (up) {
      c.moveTo(8, 3.5);
      c.lineTo(8, 12.5);
    }
    c.stroke();
  }
}

// crossed strikes out a station that closes, or the place that one leaves.
function crossed(c: CanvasRenderingContext2D, t: Theme, left: boolean): void {
  c.lineCap = 'round';
  c.globalAlpha = left ? 0.75 : 1;
  c.beginPath();
  c.arc(17, 17, 12, 0, 2 * Math.PI);
  c.fillStyle = t.paper;
  c.fill();
  c.strokeStyle = left ? t.closed : t.uncovered;
  c.lineWidth = 2;
  c.stroke();
  c.lineWidth = left ? 2 : 3.5;
  c.beginPath();
  c.moveTo(11.5, 11.5);
  c.lineTo(22.5, 22.5);
  c.moveTo(22.5, 11.5);
  c.lineTo(11.5, 22.5);
  c.stroke();
}

// act is a badge beside a station: a plus for a new one, an arrow for one that
// moves, a clock for other hours.
function act(c: CanvasRenderingContext2D, t: Theme, kind: string): void {
  c.beginPath();
  c.arc(10, 10, 8, 0, 2 * Math.PI);
  c.fillStyle = t.text;
  c.fill();
  c.strokeStyle = t.paper;
  c.lineWidth = 2;
  c.stroke();
  c.lineCap = 'round';
  c.lineJoin = 'round';
  c.beginPath();
  const lines: [number, number][][] =
    kind === 'opened' ? [[[6, 10], [14, 10]], [[10, 6], [10, 14]]] : kind === 'moved' ? [[[6, 10], [14, 10], [11, 7]], [[14, 10], [11, 13]]] : [[[10, 5.5], [10, 10], [13.5, 12]]];
  for (const line of lines) line.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.stroke();
}
