// What every page loads. It only adds: without it each page is complete.
import { startLocating } from './locate';
import { stayUseful } from './offline';
import { listenForKeys } from './keys';

startLocating(document);
stayUseful();
listenForKeys();
startMaps();

if (document.querySelector('[data-acts]')) void import('./acts').then(({ startActs }) => startActs());
if (localStorage.getItem('xiadu-copy') !== null || localStorage.getItem('xiadu-leaving') !== null) void import('./leave').then(({ watchLeaving }) => watchLeaving());

if (document.querySelector('[data-ink-form]')) void import('./ink').then(({ startInk }) => startInk());

if (document.querySelector('[data-trial-page]')) void import('./whatif').then(({ startTrial }) => startTrial());

if (document.querySelector('[data-draft], form[action="/sign-out"]') || sessionStorage.getItem('sent') !== null) void import('./draft').then(({ keepDrafts }) => keepDrafts());

if (location.hash.startsWith('#secret=')) void import('./secret').then(({ takeSecret }) => takeSecret());

if (document.querySelector('form[data-place], [data-print]')) void import('./place').then(({ startPlaces }) => startPlaces());

if (document.querySelector('[data-log-live]')) void import('./loglive').then(({ listenToLog }) => listenToLog());

if (document.querySelector('[data-draw]')) void import('./redraw').then(({ startRedrawing }) => startRedrawing());

if (document.querySelector('[data-judge]')) void import('./judge').then(({ startJudging }) => startJudging());

for (const replay of document.querySelectorAll<HTMLElement>('[data-replay]')) void import('./replay').then(({ startReplay }) => startReplay(replay));
if (document.querySelector('[data-live], [data-again], [data-step], [data-judge]')) void import('./hall').then(({ startHall }) => startHall());

startPictures();

// htmx is 13 KB that most pages do not need: it comes where a page asks for it.
if (document.querySelector('[hx-get], [hx-post], [hx-boost]')) {
  void import('htmx.org').then(() =>
    document.addEventListener('htmx:after:swap', () => {
      startLocating(document);
      startMaps();
    }),
  );
}

// The list is what people came for. The map's 450 KB wait until it is drawn and
// the browser has nothing better to do.
function startMaps(): void {
  const canvases = document.querySelectorAll<HTMLElement>('[data-map]:not([data-started])');
  if (canvases.length === 0) return;
  const load = () =>
    import('./map')
      .then(({ startMap }) => canvases.forEach((canvas) => void startMap(canvas)))
      .catch(() => {
        canvases.forEach((canvas) => (canvas.textContent = canvas.dataset['textFailed'] ?? ''));
        document.body.dataset['maperror'] = 'the map could not be loaded';
      });
  if ('requestIdleCallback' in window) requestIdleCallback(() => void load(), { timeout: 2000 });
  else setTimeout(() => void load(), 300);
}

// Fields for photos, pairs of them, and painting over them are on few pages.
function startPictures(): void {
  if (document.querySelector('[data-photos]')) void import('./photos').then(({ startPhotos }) => startPhotos(document));
  if (document.querySelector('[data-beside]')) void import('./beside').then(({ startBeside }) => startBeside());
  const cover = document.querySelector<HTMLElement>('[data-cover]');
  if (cover) void import('./cover').then(({ startCover }) => startCover(cover));
}
