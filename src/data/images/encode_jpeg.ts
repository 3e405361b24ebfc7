import factory from "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs";
import type { Image } from "./image.ts";
import { jpegEncoderCodec } from "./jpeg_codec.ts";

/** The encoder of a module of WebAssembly, whose memory it shares. */
interface Encoder {
  getDecodedBuffer(frame: {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: 8;
    readonly componentCount: 3;
    readonly isSigned: false;
  }): Uint8ClampedArray;
  setQuality(quality: number): void;
  setSubSampling(sampling: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8ClampedArray;
}

/** The fewest pixels: the codec has room for as many bytes as the samples, and a header has some 600. */
export const fewestPixels: number = 64 * 64;
/** TurboJPEG's number for colour at half the width and height. */
const HALF_COLOUR = 2;

let opened: Promise<Encoder> | undefined;

/**
 * The bytes of a progressive JPEG with libjpeg's `quality`, 1 to 85. For pictures to look at, never for
 * masks. Throws RangeError for what the codec has no room for: a higher quality, or fewer than
 * {@linkcode fewestPixels}.
 */
export async function encodeJpeg(
  { width, height, data }: Image,
  quality = 80,
): Promise<Uint8Array<ArrayBuffer>> {
  if (width * height < fewestPixels || !(quality >= 1 && quality <= 85)) {
    throw new RangeError(`Cannot encode a JPEG of ${width} x ${height} at quality ${quality}`);
  }
  const encoder = await (opened ??= open());
  const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false } as const;
  encoder.getDecodedBuffer(frame).set(data);
  encoder.setQuality(quality);
  encoder.setSubSampling(HALF_COLOUR);
  encoder.encode();
  return new Uint8Array(encoder.getEncodedBuffer());
}

async function open(): Promise<Encoder> {
  const wasm = await WebAssembly.compile(await jpegEncoderCodec());
  const module = await factory({
    print() {},
    printErr() {},
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, imports);
      done(instance);
      return instance.exports;
    },
  });
  return new module.JPEGEncoder();
}
