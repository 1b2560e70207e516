// The camera of a photo field: what it sees, under an earlier photo as a ghost, so that
// both are taken from the same place. It fails where there is no camera, or none is
// allowed: the file input is there all the same.
import { button, icon } from './photos';
import { jpegOf } from './picture';

export async function openCamera(words: Record<string, string>, before: string, taken: (file: File) => void): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 4096 }, height: { ideal: 3072 } } });
  const dialog = document.createElement('dialog');
  dialog.className = 'camera';
  dialog.setAttribute('aria-label', words['camera'] ?? '');
  const video = document.createElement('video');
  video.autoplay = video.muted = video.playsInline = true;
  video.srcObject = stream;
  const view = document.createElement('div');
  view.className = 'camera-view';
  view.append(video);

  const foot = document.createElement('div');
  foot.className = 'camera-foot';
  if (before) {
    const ghost = document.createElement('img');
    ghost.className = 'camera-ghost';
    ghost.alt = '';
    ghost.src = before;
    view.append(ghost);
    const label = document.createElement('label');
    label.className = 'camera-clear';
    const clear = document.createElement('input');
    clear.type = 'range';
    clear.min = '0';
    clear.max = '100';
    clear.value = '40';
    const show = () => (ghost.style.opacity = String(Number(clear.value) / 100));
    clear.addEventListener('input', show);
    show();
    label.append(words['ghost'] ?? '', clear);
    foot.append(label);
  }
  const shutter = button(words['shutter'] ?? '', () => void shoot());
  shutter.className = 'button button-main camera-shutter';
  shutter.prepend(icon('camera'));
  const row = document.createElement('div');
  row.className = 'camera-row';
  row.append(button(words['close'] ?? '', () => dialog.close()), shutter);
  foot.append(row);
  dialog.append(view, foot);

  const close = () => {
    for (const track of stream.getTracks()) track.stop(); // the light goes out
    dialog.remove();
  };
  dialog.addEventListener('close', close);
  async function shoot(): Promise<void> {
    if (!video.videoWidth) return; // it does not see anything yet
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    const at = new Date();
    const two = (n: number) => String(n).padStart(2, '0');
    const name = `${words['taken'] ?? 'photo'}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}.jpg`;
    taken(new File([await jpegOf(canvas, 0.92)], name, { type: 'image/jpeg' }));
    dialog.close();
  }
  document.body.append(dialog);
  dialog.showModal();
  shutter.focus();
}
