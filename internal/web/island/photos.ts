// A photo field that sends each file at once and says beside it how far it is. Without
// this script the files go with the form.
import { ready, type Readied } from './picture';

type Words = Record<string, string>;

// Sent is a file in the list.
type Sent = { row: HTMLElement; state: 'sending' | 'came' | 'failed'; file: File };

export function startPhotos(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLElement>('[data-photos]:not([data-started])')) {
    field.dataset['started'] = '1';
    if (field.dataset['bring']) new Field(field);
  }
}

class Field {
  readonly name: string;
  readonly words: Words;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly most: number;
  private sent: Sent[] = [];
  private queue: Promise<void> = Promise.resolve();
  private waiting: HTMLElement | null = null; // the button that was pressed while files were being sent

  constructor(private readonly at: HTMLElement) {
    this.name = at.dataset['photos'] ?? '';
    this.words = JSON.parse(at.dataset['words'] ?? '{}') as Words;
    this.most = Number(at.dataset['bytes']);
    this.input = at.querySelector<HTMLInputElement>('input[type="file"]')!;
    this.list = at.querySelector<HTMLElement>('[data-photos-list]')!;
    this.input.addEventListener('change', () => {
      for (const file of this.input.files ?? []) this.add(file);
      this.input.value = ''; // they are in the list, and must not be sent again with the form
    });
    const camera = at.querySelector<HTMLButtonElement>('[data-photos-camera]');
    if (camera && navigator.mediaDevices) {
      camera.hidden = false;
      camera.addEventListener('click', () => {
        void import('./camera').then(({ openCamera }) =>
          openCamera(this.words, camera.dataset['before'] ?? '', (file) => this.add(file)).catch(() => this.say(this.word('noCamera'))),
        );
      });
    }
    this.input.form?.addEventListener('submit', (e) => this.hold(e));
  }

  word(key: string, ...args: string[]): string {
    return args.reduce((text, arg, i) => text.replace(`{${i}}`, arg), this.words[key] ?? key);
  }

  // add puts a file into the list and into the queue: one is sent after the other, so that
  // a weak line finishes some and a phone decodes one at a time.
  private add(file: File): void {
    const one: Sent = { row: this.row(file.name), state: 'sending', file };
    if (!this.input.multiple) for (const other of [...this.sent]) this.drop(other);
    this.sent.push(one);
    this.state(one, this.word('waiting'));
    void preview(one.row, file);
    this.queue = this.queue.then(() => this.send(one)).catch(() => undefined);
  }

  private row(name: string): HTMLElement {
    const row = document.createElement('li');
    row.className = 'chosen-file';
    row.innerHTML = '<span class="chosen-picture"></span><span class="chosen-says"><span class="chosen-name"></span><span class="chosen-state"></span></span><span class="chosen-acts"></span>';
    row.querySelector('.chosen-name')!.textContent = name;
    this.list.append(row);
    return row;
  }

  private state(one: Sent, ...parts: (string | Node)[]): void {
    one.row.querySelector('.chosen-state')?.replaceChildren(...parts);
  }

  private async send(one: Sent): Promise<void> {
    if (!this.sent.includes(one)) return; // it was dropped while it waited
    one.state = 'sending';
    one.row.classList.remove('chosen-wrong');
    one.row.querySelector('.wrong')?.remove();
    one.row.querySelector('.chosen-acts')!.replaceChildren();
    let readied: Readied;
    try {
      readied = await ready(one.file, this.most, (word) => this.state(one, this.word(word)));
    } catch {
      return this.failed(one, this.word('noHeic'), false);
    }
    if (readied.converted) void preview(one.row, readied.file);
    if (readied.file.size > this.most) return this.failed(one, this.word('tooLarge', size(readied.file.size), size(this.most)), false);
    const bar = document.createElement('progress');
    bar.max = 1;
    bar.setAttribute('aria-label', this.word('sending'));
    this.state(one, this.word('sending'), bar);
    const answer = await post(this.at.dataset['bring']!, readied, (share) => (bar.value = share));
    if (!this.sent.includes(one)) return;
    if (answer.status !== 201) return this.failed(one, answer.detail || this.word('broken'), answer.status !== 422);
    one.state = 'came';
    const said = [this.word('came')];
    if (readied.converted) said.push(this.word('converted'));
    if (readied.shrunk) said.push(this.word('shrunk', size(readied.was), size(readied.file.size)));
    this.state(one, icon('check'), said.join(this.at.closest('[lang]')?.getAttribute('lang')?.startsWith('zh') === false ? ', ' : '，'));
    const value = document.createElement('input');
    value.type = 'hidden';
    value.name = this.name;
    value.value = answer.value;
    one.row.append(value);
    this.acts(one, false);
    this.goOn();
  }

  private failed(one: Sent, why: string, again: boolean): void {
    one.state = 'failed';
    one.row.classList.add('chosen-wrong');
    this.state(one);
    const wrong = document.createElement('span');
    wrong.className = 'wrong';
    wrong.append(icon('triangle-alert'), why);
    one.row.querySelector('.chosen-says')!.append(wrong);
    this.acts(one, again);
    this.goOn();
  }

  private acts(one: Sent, again: boolean): void {
    const acts = one.row.querySelector('.chosen-acts')!;
    if (again) acts.append(button(this.word('again'), () => void (this.queue = this.queue.then(() => this.send(one)).catch(() => undefined))));
    acts.append(button(this.word('drop'), () => this.drop(one)));
  }

  private drop(one: Sent): void {
    this.sent = this.sent.filter((s) => s !== one);
    one.row.remove();
    this.input.focus();
    this.goOn();
  }

  // hold keeps a form back while its files are on their way, and sends it once they came.
  private hold(e: SubmitEvent): void {
    if (this.sent.some((s) => s.state === 'sending')) {
      e.preventDefault();
      this.waiting = e.submitter ?? this.input;
      this.say(this.word('busy'));
    } else if (this.sent.some((s) => s.state === 'failed')) {
      e.preventDefault();
      this.say(this.word('failed'));
    }
  }

  private goOn(): void {
    if (!this.waiting || this.sent.some((s) => s.state === 'sending')) return;
    const pressed = this.waiting;
    this.waiting = null;
    this.say('');
    this.input.form?.requestSubmit(pressed === this.input ? null : pressed);
  }

  private say(text: string): void {
    let line = this.at.querySelector<HTMLElement>('[data-photos-says]');
    if (!line) {
      line = document.createElement('p');
      line.dataset['photosSays'] = '';
      line.setAttribute('role', 'status');
      this.at.append(line);
    }
    line.textContent = text;
  }
}

// preview draws a file as small as its row has room for.
async function preview(row: HTMLElement, file: Blob): Promise<void> {
  const picture = await createImageBitmap(file, { resizeWidth: 128, resizeQuality: 'medium' }).catch(() => null);
  const place = row.querySelector('.chosen-picture');
  if (!place || !picture) return place?.childElementCount ? undefined : place?.replaceChildren(icon('file-text'));
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
  place.replaceChildren(canvas);
}

type Answer = { status: number; value: string; detail: string };

async function post(to: string, readied: Readied, progress: (share: number) => void): Promise<Answer> {
  const form = new FormData();
  if (crypto.subtle) {
    const sum = await crypto.subtle.digest('SHA-256', await readied.file.arrayBuffer());
    form.append('file.sha256', [...new Uint8Array(sum)].map((b) => b.toString(16).padStart(2, '0')).join(''));
  }
  form.append('file', readied.file, readied.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    request.upload.addEventListener('progress', (e) => progress(e.total ? e.loaded / e.total : 0));
    request.addEventListener('loadend', () => {
      let said: { value?: string; detail?: string } = {};
      try {
        said = JSON.parse(request.responseText || '{}');
      } catch {
        // a page, as where somebody has to sign in again
      }
      done({ status: request.status, value: said.value ?? '', detail: said.detail ?? '' });
    });
    request.open('POST', to);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Accept-Language', document.documentElement.lang); // what is wrong is said in the page's
    request.send(form);
  });
}

export function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

// icon is one of the sprite, whose address any icon of the page has.
export function icon(name: string): SVGElement {
  const sprite = document.querySelector('svg.icon use')?.getAttribute('href')?.split('#')[0] ?? '';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

export function button(text: string, act: () => void): HTMLButtonElement {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'button';
  b.textContent = text;
  b.addEventListener('click', act);
  return b;
}
