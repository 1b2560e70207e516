// Turns a HEIC photo into pixels, beside the page: decoding takes seconds. It is the one
// script that may compile WebAssembly, by the policy of its own answer (assets.go), and is
// loaded only once somebody has chosen such a photo.
import factory from 'libheif-js/libheif-wasm/libheif.js';

const worker = self as unknown as DedicatedWorkerGlobalScope;

// As many pixels as the server takes.
const most = 50_000_000;

worker.onmessage = async (asked: MessageEvent<ArrayBuffer>) => {
  try {
    const answer = await fetch(new URL('libheif.wasm', worker.location.href));
    if (!answer.ok) throw new Error(`libheif.wasm: ${answer.status}`);
    const lib = factory({ wasmBinary: await answer.arrayBuffer() });
    const image = new lib.HeifDecoder().decode(asked.data)[0];
    if (!image) throw new Error('there is no picture in it');
    const width = image.get_width();
    const height = image.get_height();
    if (width * height > most) throw new Error('it is too large');
    const made = await new Promise<ImageData>((done, failed) =>
      image.display(new ImageData(width, height), (pixels) => (pixels ? done(pixels) : failed(new Error('it cannot be decoded')))),
    );
    worker.postMessage({ width, height, pixels: made.data.buffer }, [made.data.buffer]);
  } catch (error) {
    worker.postMessage({ failed: String(error) });
  }
};
