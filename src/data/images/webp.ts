import { orientationOf } from "./orientation.ts";
import { maxPixels } from "./png.ts";
import { webpCodec } from "./webp_codec.ts";

/** What the chunks of a WebP say without its pixels. */
export interface WebpHeader {
  /** Columns, as they are stored. */
  readonly width: number;
  /** Rows, as they are stored. */
  readonly height: number;
  /** How the camera was held, 1..8; see `orientationOf`. */
  readonly orientation: number;
}

/** A decoded WebP as it is stored, before its orientation is applied. */
export interface Webp extends WebpHeader {
  /** 3 RGB, or 4 RGB and alpha, which is not multiplied in. */
  readonly channels: number;
  /** Bits per sample. */
  readonly depth: 8;
  /** Row-major samples with the channels last. */
  readonly samples: Uint8Array<ArrayBuffer>;
}

/** A picture of one colour takes a few bytes; one that is larger than this must have some for its pixels. */
const FREE_PIXELS = 2 ** 24;

let compiled: ReturnType<typeof compile> | undefined;
let opened: ReturnType<typeof open> | undefined;

/** Whether the bytes begin as every WebP does. */
export function isWebp(bytes: Uint8Array): boolean {
  return ascii(bytes, 0) === "RIFF" && ascii(bytes, 8) === "WEBP";
}

/**
 * Decodes a lossy or lossless WebP with libwebp.
 * Throws SyntaxError, whose message is the bare reason, when it is damaged or an animation.
 */
export async function decodeWebp(bytes: Uint8Array): Promise<Webp> {
  const header = webpHeader(bytes);
  const pixels = header.width * header.height;
  const module = await (opened ??= open());
  if (pixels > FREE_PIXELS) opened = undefined; // its memory never shrinks
  let found: ReturnType<typeof module.decode>;
  try {
    found = module.decode(bytes);
  } catch (cause) {
    opened = undefined; // what state it is in nobody knows
    throw new SyntaxError("it is damaged or truncated", { cause });
  }
  if (found?.width !== header.width || found.height !== header.height) {
    throw new SyntaxError("it is damaged or truncated");
  }
  return { ...header, ...withoutAlpha(new Uint8Array(found.data)), depth: 8 };
}

/** Of pixels of RGB and alpha the RGB alone, unless some are transparent. */
function withoutAlpha(rgba: Uint8Array<ArrayBuffer>): Pick<Webp, "channels" | "samples"> {
  for (let i = 3; i < rgba.length; i += 4) {
    if (rgba[i] !== 255) return { channels: 4, samples: rgba };
  }
  const samples = new Uint8Array(rgba.length / 4 * 3);
  for (let i = 0, to = 0; i < rgba.length; i += 4, to += 3) {
    samples[to] = rgba[i];
    samples[to + 1] = rgba[i + 1];
    samples[to + 2] = rgba[i + 2];
  }
  return { channels: 3, samples };
}

/** The size of a WebP and its orientation, without decoding. Throws as `decodeWebp`. */
export function webpHeader(bytes: Uint8Array): WebpHeader {
  const found = new Map<string, Uint8Array>();
  for (const [name, content] of chunks(bytes)) if (!found.has(name)) found.set(name, content);
  const [extended, picture] = [found.get("VP8X"), found.get("VP8 ") ?? found.get("VP8L")];
  if (extended && extended[0] & 2) throw new SyntaxError("it is an animation");
  if (picture === undefined) throw new SyntaxError("it is damaged or truncated");
  const { width, height } = found.get("VP8 ") === picture
    ? lossySize(picture)
    : losslessSize(picture);
  if (width === 0 || height === 0) throw new SyntaxError("it has no pixels");
  const most = Math.min(maxPixels, Math.max(FREE_PIXELS, 2 ** 15 * bytes.length));
  if (width * height > most) throw new SyntaxError(`it is too large (${width}x${height})`);
  const xmp = found.get("XMP ");
  const orientation = orientationOf(found.get("EXIF"), xmp && new TextDecoder().decode(xmp));
  return { width, height, orientation };
}

/** The chunks of the file, whose length its first bytes say; what follows it is no part of it. */
function* chunks(
  bytes: Uint8Array,
): Generator<[name: string, content: Uint8Array], void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length < 12 ? 0 : 8 + view.getUint32(4, true);
  if (end < 12 || end > bytes.length) throw new SyntaxError("it is damaged or truncated");
  for (let at = 12; at + 8 <= end;) {
    const next = at + 8 + view.getUint32(at + 4, true);
    if (next > end) throw new SyntaxError("it is damaged or truncated");
    yield [ascii(bytes, at), bytes.subarray(at + 8, next)];
    at = next + next % 2;
  }
}

/** The size in the header of a key frame (RFC 6386, 9.1): 14 bits each, behind the start code. */
function lossySize(content: Uint8Array): { width: number; height: number } {
  const coded = content.length >= 10 && content[3] === 0x9d && content[4] === 1 &&
    content[5] === 0x2a;
  if (!coded) throw new SyntaxError("it is damaged or truncated");
  const side = (at: number) => (content[at] + 256 * content[at + 1]) & 0x3fff;
  return { width: side(6), height: side(8) };
}

/** The size in the header of a lossless picture: 14 bits each, less one, behind the signature. */
function losslessSize(content: Uint8Array): { width: number; height: number } {
  if (content.length < 5 || content[0] !== 0x2f) {
    throw new SyntaxError("it is damaged or truncated");
  }
  const bits = new DataView(content.buffer, content.byteOffset).getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

async function compile() {
  const { factory, bytes } = await webpCodec();
  return { factory, wasm: await WebAssembly.compile(bytes) };
}

async function open() {
  const { factory, wasm } = await (compiled ??= compile());
  return await factory({
    noInitialRun: true,
    locateFile: (name: string) => name,
    print() {},
    printErr() {},
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, imports);
      done(instance);
      return instance.exports;
    },
  });
}
