import factory from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { jpegCodec } from "./jpeg_codec.ts";
import { isFrame, segments } from "./jpeg_segments.ts";
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

/** The codec of a module of WebAssembly, whose memory it shares. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; componentCount: number };
  getDecodedBuffer(): Uint8ClampedArray;
}

let compiled: Promise<WebAssembly.Module> | undefined;
let opened: Promise<{ decoder: Decoder; memory: () => Uint8Array }> | undefined;

/** Whether the bytes begin as every JPEG does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a baseline or progressive JPEG with libjpeg-turbo, bit for bit as libjpeg does. Bytes
 * without meaning before a marker are skipped.
 * Throws SyntaxError, whose message is the bare reason, when it is damaged or not supported.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Jpeg> {
  checkFrame(bytes);
  const parts = essential(bytes);
  const { decoder, memory } = await (opened ??= open());
  try {
    const input = decoder.getEncodedBuffer(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      input.set(part, at);
      at += part.length;
    }
    decoder.decode();
  } catch (cause) {
    // The codec throws bare numbers and leaves its memory behind; the next image gets a new one.
    opened = undefined;
    if (!onlySkipped(memory())) throw new SyntaxError("it is damaged or truncated", { cause });
  }
  const { width, height, componentCount } = decoder.getFrameInfo();
  return { width, height, channels: componentCount, samples: decoder.getDecodedBuffer() };
}

async function open(): Promise<{ decoder: Decoder; memory: () => Uint8Array }> {
  const wasm = await (compiled ??= jpegCodec().then((bytes) => WebAssembly.compile(bytes)));
  const module = await factory({
    print() {},
    printErr() {},
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, imports);
      done(instance);
      return instance.exports;
    },
  });
  return { decoder: new module.JPEGDecoder(), memory: () => module.HEAPU8 };
}

/**
 * Whether all that libjpeg complained of is bytes that it skipped: it has every pixel then. The codec
 * takes the complaint for an error, and its words can be had from its memory alone.
 */
function onlySkipped(memory: Uint8Array): boolean {
  const words = new TextDecoder("latin1").decode(memory.subarray(0, 2 ** 18));
  return /Corrupt JPEG data: \d+ extraneous bytes before marker/.test(words);
}

/** Finds the frame header and refuses what the codec cannot do or has no memory or time for. */
function checkFrame(bytes: Uint8Array): void {
  const frame = [...segments(bytes)].find(({ marker }) => isFrame(marker));
  if (frame === undefined || frame.end - frame.start < 6) {
    throw new SyntaxError("it is damaged or truncated");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + frame.start, 6);
  const [height, width, components] = [view.getUint16(1), view.getUint16(3), view.getUint8(5)];
  if (components === 4) throw new SyntaxError("it is a CMYK JPEG, which is not supported");
  if (view.getUint8(0) !== 8) throw new SyntaxError("it has more than 8 bits per sample");
  if (width * height > maxPixels) throw new SyntaxError(`it is too large (${width}x${height})`);
  // A block of 64 pixels takes a bit at least, less with the arithmetic coding of the higher markers.
  const most = (frame.marker < 0xc9 ? 512 : 2 ** 15) * bytes.length;
  if (width * height > most) throw new SyntaxError("it is damaged or truncated");
  if (scans(bytes) > 100) throw new SyntaxError("it has more than 100 scans");
}

/** How many runs of compressed data there are; each costs time for all blocks, however short it is. */
function scans(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xff, 2); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xda) count++;
  }
  return count;
}

/**
 * The file without what lies between its first segments, and without those that change no pixel;
 * libjpeg would complain of a version of JFIF that it does not know.
 */
function essential(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  for (const { marker, start, end } of segments(bytes)) {
    if (marker === 0xda) return [...parts, bytes.subarray(start - 4)];
    const remark = marker === 0xfe || marker > 0xe0 && marker < 0xf0 && marker !== 0xee;
    if (remark) continue;
    const part = bytes.slice(start - 4, end);
    if (marker === 0xe0 && part[4] === 0x4a) part[9] = 1; // "JFIF\0", version
    parts.push(part);
  }
  throw new SyntaxError("it is damaged or truncated");
}
