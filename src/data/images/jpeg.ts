import factory from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { maxPixels } from "./png.ts";

/** A decoded JPEG as it is stored, before its orientation is applied. */
export interface Jpeg {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 1 grey or 3 RGB. */
  readonly channels: number;
  /** Row-major samples with the channels last; a view that the next decoding overwrites. */
  readonly samples: Uint8ClampedArray;
}

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; componentCount: number };
  getDecodedBuffer(): Uint8ClampedArray;
}

let opened: Promise<Decoder> | undefined;

/** Whether the bytes begin as every JPEG does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a baseline or progressive JPEG with libjpeg-turbo, bit for bit as libjpeg does.
 * Throws SyntaxError, whose message is the bare reason, when it is damaged or not supported.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Jpeg> {
  checkFrame(bytes);
  const decoder = await (opened ??= open());
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
  } catch (error) {
    // The codec throws bare numbers and leaves its memory behind; the next image gets a new one.
    opened = undefined;
    throw new SyntaxError("it is damaged or truncated", { cause: error });
  }
  const { width, height, componentCount } = decoder.getFrameInfo();
  return { width, height, channels: componentCount, samples: decoder.getDecodedBuffer() };
}

async function open(): Promise<Decoder> {
  const url = import.meta.resolve("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm");
  const wasmBinary = await Deno.readFile(new URL(url));
  const module = await factory({ wasmBinary, print() {}, printErr() {} });
  return new module.JPEGDecoder();
}

/** Finds the frame header and refuses what the codec cannot do or has no memory for. */
function checkFrame(bytes: Uint8Array): void {
  for (const { marker, start, end } of segments(bytes)) {
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue;
    if (end - start < 6) break;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    const [height, width, components] = [view.getUint16(1), view.getUint16(3), view.getUint8(5)];
    if (components === 4) throw new SyntaxError("it is a CMYK JPEG, which is not supported");
    if (view.getUint8(0) !== 8) throw new SyntaxError("it has more than 8 bits per sample");
    if (width * height > maxPixels) throw new SyntaxError(`it is too large (${width}x${height})`);
    return;
  }
  throw new SyntaxError("it is damaged or truncated");
}

/** The segments before the image data: marker 0xc0..0xfe, and where the content lies. */
export function* segments(
  bytes: Uint8Array,
): Generator<{ marker: number; start: number; end: number }> {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === 0xff) { // padding
      at++;
      continue;
    }
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    if (marker === 0xda || end > bytes.length || end < at + 4) return;
    yield { marker, start: at + 4, end };
    at = end;
  }
}
