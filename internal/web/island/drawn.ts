// What the map tells the scripts that add to it. It is apart from the map, whose
// library takes a while to load.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Shown } from './style';

// Drawn is a map that stands: what it shows may be changed, and is kept when the
// colours change.
export interface Drawn {
  map: MapLibre;
  shown: Shown;
}

const standing: Drawn[] = [];
const waiting: ((d: Drawn) => void)[] = [];

export function nowStands(d: Drawn): void {
  standing.push(d);
  waiting.forEach((then) => then(d));
}

export function whenDrawn(then: (d: Drawn) => void): void {
  waiting.push(then);
  standing.forEach(then);
}

export function absolute(address: string): string {
  // Not new URL(): it would escape the braces of {z}/{x}/{y}.
  return address.startsWith('/') ? location.origin + address : address;
}
