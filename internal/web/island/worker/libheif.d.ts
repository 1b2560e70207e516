// What is used of libheif, whose own types say less.
declare module 'libheif-js/libheif-wasm/libheif.js' {
  interface HeifImage {
    get_width(): number;
    get_height(): number;
    display(into: ImageData, done: (pixels: ImageData | null) => void): void;
  }
  interface Library {
    HeifDecoder: new () => { decode(bytes: ArrayBuffer): HeifImage[] };
  }
  export default function factory(options: { wasmBinary: ArrayBuffer }): Library;
}
