// What is done to a photo before it is sent: a HEIC becomes a JPEG, and what is larger
// than may be sent becomes smaller. When, where and with what it was taken stays with it
// as far as a JPEG said so.

// The bounds of the server (engine/evidence/picture).
const mostSide = 12_000;
const mostPixels = 50_000_000;
const quality = 0.85;
const smaller = [4000, 3000, 2200, 1600];

export type Readied = { file: Blob; name: string; converted: boolean; was: number; shrunk: boolean };

// isHeic tells by the content, as the server does: a name says nothing.
export async function isHeic(file: Blob): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const text = String.fromCharCode(...start.subarray(4));
  return text.startsWith('ftyp') && ['heic', 'heix', 'hevc', 'hevx', 'mif1', 'msf1', 'heim', 'heis'].includes(text.slice(4));
}

// ready returns what is to be sent of a file. It fails where a HEIC cannot be converted.
export async function ready(file: File, most: number, says: (word: 'converting' | 'shrinking') => void): Promise<Readied> {
  let now: Blob = file;
  let name = file.name;
  const converted = await isHeic(file);
  if (converted) {
    says('converting');
    now = await jpegOf(await pixelsOfHeic(file), quality);
    name = name.replace(/\.(heic|heif)$/i, '') + '.jpg';
  }
  const was = now.size;
  let shrunk = false;
  if (/^image\/(jpeg|png|webp)$/.test(now.type) && (was > most || (await tooManyPixels(now)))) {
    says('shrinking');
    const small = await shrink(now, most).catch(() => null);
    if (small && small.size <= most) {
      now = small;
      shrunk = true;
      name = name.replace(/\.(png|webp|jpeg)$/i, '') + (/\.jpg$/i.test(name) ? '' : '.jpg');
    }
  }
  return { file: now, name, converted, was, shrunk };
}

async function tooManyPixels(file: Blob): Promise<boolean> {
  if (file.size < 4 << 20) return false; // what is that small and that large is a drawing, which the server answers for
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return false;
  const { width, height } = picture;
  picture.close();
  return width > mostSide || height > mostSide || width * height > mostPixels;
}

async function shrink(file: Blob, most: number): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const told = await metadataOf(file);
  try {
    let made: Blob = file;
    for (const side of smaller) {
      const by = Math.min(1, side / Math.max(picture.width, picture.height));
      made = await jpegOf(drawn(picture, by), quality);
      if (told) made = withMetadata(await made.arrayBuffer(), told);
      if (made.size <= most) break;
    }
    return made;
  } finally {
    picture.close();
  }
}

function drawn(picture: ImageBitmap, by: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * by));
  canvas.height = Math.max(1, Math.round(picture.height * by));
  const on = canvas.getContext('2d');
  if (!on) throw new Error('no canvas');
  on.fillStyle = 'white';
  on.fillRect(0, 0, canvas.width, canvas.height);
  on.imageSmoothingQuality = 'high';
  on.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export function jpegOf(canvas: HTMLCanvasElement, how: number): Promise<Blob> {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no JPEG'))), 'image/jpeg', how));
}

// pixelsOfHeic decodes as the browser can, and where it cannot (most), in a worker.
async function pixelsOfHeic(file: Blob): Promise<HTMLCanvasElement> {
  const own = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
  if (own) {
    const canvas = drawn(own, 1);
    own.close();
    return canvas;
  }
  const worker = new Worker(new URL('heic.js', import.meta.url));
  try {
    const bytes = await file.arrayBuffer();
    const answer = await new Promise<{ width: number; height: number; pixels: ArrayBuffer; failed?: string }>((done, failed) => {
      worker.onmessage = (e) => done(e.data);
      worker.onerror = (e) => failed(new Error(e.message));
      worker.postMessage(bytes, [bytes]);
    });
    if (answer.failed) throw new Error(answer.failed);
    const canvas = document.createElement('canvas');
    canvas.width = answer.width;
    canvas.height = answer.height;
    canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(answer.pixels), answer.width, answer.height), 0, 0);
    return canvas;
  } finally {
    worker.terminate();
  }
}

// metadataOf is the segment of a JPEG in which its camera wrote, with the turn taken out:
// what a canvas has drawn is upright.
async function metadataOf(file: Blob): Promise<Uint8Array | null> {
  const start = new DataView(await file.slice(0, 128 << 10).arrayBuffer());
  if (start.byteLength < 4 || start.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < start.byteLength && start.getUint8(at) === 0xff; ) {
    const length = start.getUint16(at + 2);
    if (start.getUint8(at + 1) === 0xda) return null;
    if (start.getUint8(at + 1) === 0xe1 && start.getUint32(at + 4) === 0x45786966 && at + 2 + length <= start.byteLength) {
      const segment = new Uint8Array(start.buffer.slice(at, at + 2 + length));
      upright(new DataView(segment.buffer, 10));
      return segment;
    }
    at += 2 + length;
  }
  return null;
}

function upright(tiff: DataView): void {
  const little = tiff.getUint16(0) === 0x4949;
  const first = tiff.getUint32(4, little);
  if (first + 2 > tiff.byteLength) return;
  const count = tiff.getUint16(first, little);
  for (let i = 0, at = first + 2; i < count && at + 12 <= tiff.byteLength; i++, at += 12) {
    if (tiff.getUint16(at, little) === 0x112) tiff.setUint16(at + 8, 1, little);
  }
}

function withMetadata(jpeg: ArrayBuffer, segment: Uint8Array): Blob {
  return new Blob([jpeg.slice(0, 2), segment as BlobPart, jpeg.slice(2)], { type: 'image/jpeg' });
}
