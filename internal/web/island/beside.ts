// Two pictures of one place, the one over the other, with a line between that moves.
export function startBeside(): void {
  for (const pair of document.querySelectorAll<HTMLElement>('[data-beside]:not([data-started])')) {
    pair.dataset['started'] = '1';
    const tools = pair.querySelector<HTMLElement>('[data-beside-tools]')!;
    const over = pair.querySelector<HTMLButtonElement>('[data-beside-over]')!;
    const line = pair.querySelector<HTMLInputElement>('[data-beside-line]')!;
    const both = pair.querySelector<HTMLElement>('.beside-in')!;
    const [top] = both.querySelectorAll<SVGSVGElement>('svg');
    if (!top) continue;
    const split = document.createElement('div');
    split.className = 'beside-split';
    tools.hidden = false;

    const draw = () => {
      const laid = pair.classList.contains('beside-over');
      top.style.clipPath = laid ? `inset(0 ${100 - Number(line.value)}% 0 0)` : '';
      split.style.left = `${line.value}%`;
      split.style.height = `${top.getBoundingClientRect().height}px`;
    };
    over.addEventListener('click', () => {
      const laid = pair.classList.toggle('beside-over');
      over.setAttribute('aria-pressed', String(laid));
      if (laid) both.append(split);
      else split.remove();
      draw();
      if (laid) line.focus();
    });
    line.addEventListener('input', draw);
    addEventListener('resize', draw);
    // A finger moves the line on the picture itself.
    const follow = (e: PointerEvent) => {
      if (!pair.classList.contains('beside-over') || (e.type === 'pointermove' && e.buttons === 0)) return;
      const box = both.getBoundingClientRect();
      line.value = String(Math.round(((e.clientX - box.left) / box.width) * 100));
      draw();
    };
    both.addEventListener('pointerdown', follow);
    both.addEventListener('pointermove', follow);
  }
}
