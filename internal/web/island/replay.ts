// A contest that is over is played again: the picture of each of its moments is asked for when it is due, and clocks run by the
// time that is played. Without it the moments are links.

import { clocksBy } from './hall';

type Frame = { into: number; was: number };

export function startReplay(root: HTMLElement): void {
  const frames = JSON.parse(root.dataset['replay'] ?? '[]') as Frame[];
  const picture = root.querySelector<HTMLElement>('[data-replay-picture]');
  const play = root.querySelector<HTMLButtonElement>('[data-replay-play]');
  const speed = root.querySelector<HTMLSelectElement>('[data-replay-speed]');
  const time = root.querySelector<HTMLElement>('[data-replay-time]');
  const at = root.querySelector<HTMLElement>('[data-replay-at]');
  if (!picture || !play || !speed || !time || !at || frames.length === 0) return;
  const label = play.querySelector('[data-replay-says]');
  const texts = [label?.textContent ?? '', play.dataset['textPause'] ?? ''];
  let shown = Number(root.dataset['at'] ?? 1) - 1;
  let wanted = shown;
  let into = frames[shown]?.into ?? 0;
  let playing = false;
  let last = performance.now();
  let asking = false;

  const was = () => {
    const frame = frames[wanted];
    return frame ? frame.was + into - frame.into : 0;
  };
  clocksBy(was);

  const face = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  const tell = () => {
    time.textContent = face.format(was());
    at.textContent = String(wanted + 1);
    for (const step of root.querySelectorAll<HTMLElement>('[data-replay-step]')) {
      const to = wanted + Number(step.dataset['replayStep']);
      step.hidden = to < 0 || to >= frames.length;
    }
  };

  // One picture is asked for at a time; what is due meanwhile is asked for next, and none in between.
  const ask = async () => {
    if (asking || shown === wanted) return;
    asking = true;
    const going = wanted;
    try {
      const answer = await fetch((root.dataset['href'] ?? '') + String(going + 1), { headers: { Accept: 'text/html' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const part = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-replay-picture]');
      if (part) picture.innerHTML = part.innerHTML;
      shown = going;
    } catch {
      pause(true); // it stands, and play tries again
      wanted = shown;
      into = frames[shown]?.into ?? 0;
    }
    asking = false;
    tell();
    void ask();
  };

  const pause = (stop: boolean) => {
    playing = !stop;
    last = performance.now();
    if (label) label.textContent = texts[stop ? 0 : 1] ?? '';
    play.toggleAttribute('data-going', !stop);
  };

  const go = (to: number) => {
    wanted = Math.min(Math.max(to, 0), frames.length - 1);
    into = frames[wanted]?.into ?? 0;
    tell();
    void ask();
  };

  play.hidden = false;
  const speeds = root.querySelector<HTMLElement>('[data-replay-speeds]');
  if (speeds) speeds.hidden = false;
  play.addEventListener('click', () => {
    if (!playing && wanted === frames.length - 1) go(0);
    pause(playing);
  });
  for (const step of root.querySelectorAll<HTMLElement>('[data-replay-step]')) {
    step.addEventListener('click', (event) => {
      event.preventDefault();
      go(wanted + Number(step.dataset['replayStep']));
    });
  }
  setInterval(() => {
    const now = performance.now();
    if (playing) {
      into += (now - last) * Number(speed.value);
      while (wanted + 1 < frames.length && (frames[wanted + 1]?.into ?? Infinity) <= into) wanted++;
      if (wanted === frames.length - 1) pause(true);
      tell();
      void ask();
    }
    last = now;
  }, 100);
  tell();
}
