// The map's colours. They follow the tokens of css/tokens.css but are their own
// list, because a map needs many more quiet tones than a page.
export interface Theme {
  name: 'light' | 'dark';
  land: string;
  street: string;
  casing: string;
  path: string;
  water: string;
  green: string;
  building: string;
  square: string;
  text: string;
  quiet: string;
  halo: string;
  route: string;
  near: string;
  far: string;
  once: string;
  twice: string;
  gained: string;
  uncovered: string;
  open: string;
  closed: string;
  unknown: string;
  paper: string;
  here: string;
}

export const light: Theme = {
  name: 'light',
  land: '#f1f2ee',
  street: '#ffffff',
  casing: '#d9dcd8',
  path: '#cfc8ba',
  water: '#c6dde6',
  green: '#dcead6',
  building: '#e4e4de',
  square: '#f8f6ef',
  text: '#33454f',
  quiet: '#5d6f79',
  halo: '#ffffff',
  route: '#0b5a6e',
  near: '#6d4aa0',
  far: '#b9a3dd',
  once: '#9fd0dc',
  twice: '#2f8ba3',
  gained: '#f2b632',
  uncovered: '#9f2d1a',
  open: '#17613c',
  closed: '#5b6c76',
  unknown: '#7d5600',
  paper: '#ffffff',
  here: '#f2b632',
};

export const dark: Theme = {
  name: 'dark',
  land: '#131c21',
  street: '#2b3a43',
  casing: '#0e1519',
  path: '#34424a',
  water: '#123342',
  green: '#18291f',
  building: '#1b262c',
  square: '#1a262c',
  text: '#c6d3da',
  quiet: '#93a5af',
  halo: '#10181c',
  route: '#7ccadd',
  near: '#b79be8',
  far: '#5d4a86',
  once: '#1f5a69',
  twice: '#4bb3ca',
  gained: '#d9a02c',
  uncovered: '#ff9a85',
  open: '#5fc08b',
  closed: '#9fb0ba',
  unknown: '#f5c451',
  paper: '#10181c',
  here: '#f5c451',
};

const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');

export function theme(): Theme {
  return darkScheme.matches ? dark : light;
}

export function onThemeChange(then: () => void): void {
  darkScheme.addEventListener('change', then);
}
