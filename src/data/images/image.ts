import { encode } from "fast-png";
import { writeAtomic } from "../../files/atomic.ts";
import { InputError } from "../../files/error.ts";
import { decodeJpeg, isJpeg } from "./jpeg.ts";
import { jpegOrientation, upright } from "./orientation.ts";
import { decodePng, isPng } from "./png.ts";
import { decodeTiff, isTiff, type Samples } from "./tiff.ts";
import { decodeWebp, isWebp } from "./webp.ts";
import { readBytes } from "../../files/read_bytes.ts";
import { nameOf, type Source } from "../../files/source.ts";

/** A picture: 8-bit RGB. */
export interface Image {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Row-major, height x width x 3. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a JPEG, PNG, WebP or TIFF as RGB; the content says which it is, not the name.
 *
 * EXIF orientation is applied, grey becomes RGB, 16 bits are rounded to 8, and what is
 * transparent is laid on white. Works inside workers too.
 * Throws InputError naming the file when it is missing, damaged or of another format.
 */
export async function readImage(source: Source): Promise<Image> {
  return await decodeImage(await readBytes(source), nameOf(source));
}

/** As `readImage`, from the bytes of the file; `name` stands in the messages. */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Image> {
  try {
    if (isJpeg(bytes)) return await fromJpeg(bytes);
    if (isPng(bytes)) return fromSamples(decodePng(bytes));
    if (isTiff(bytes)) return fromSamples(decodeTiff(bytes));
    if (isWebp(bytes)) return fromSamples(await decodeWebp(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(
      `Cannot read the image ${name}: ${error.message}. Replace it, or take it out of the list.`,
      { cause: error },
    );
  }
  throw new InputError(
    `Cannot read the image ${name}: it is ${formatOf(bytes)}. Convert it to JPEG or PNG.`,
  );
}

/** Whether the bytes begin as a picture of a format that `decodeImage` reads. */
export function isKnown(bytes: Uint8Array): boolean {
  return isJpeg(bytes) || isPng(bytes) || isWebp(bytes) || isTiff(bytes);
}

/** Writes an image as an 8-bit RGB PNG. Throws InputError when the file cannot be written. */
export async function writeImage(path: string, image: Image): Promise<void> {
  await writeAtomic(path, encodeImage(image));
}

/** The bytes of an 8-bit RGB PNG. Throws TypeError when the data do not fit the size. */
export function encodeImage({ width, height, data }: Image): Uint8Array<ArrayBuffer> {
  if (data.length !== width * height * 3) {
    throw new TypeError(
      `Cannot encode an image: ${data.length} samples do not make ${width}x${height}x3`,
    );
  }
  return new Uint8Array(encode({ width, height, data, channels: 3, depth: 8 }));
}

/** What the first bytes say a file is: "a GIF". */
export function formatOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (start.startsWith("GIF8")) return "a GIF";
  if (start.startsWith("BM")) return "a BMP";
  if (isWebp(bytes)) return "a WebP";
  if (isTiff(bytes)) return "a TIFF";
  if (start.startsWith("II+\0") || start.startsWith("MM\0+")) return "a BigTIFF";
  if (start.slice(4, 8) === "ftyp") return "a HEIC or AVIF";
  if (start.startsWith("\x93NUMPY")) return "a NumPy array";
  return "of an unknown format";
}

async function fromJpeg(bytes: Uint8Array): Promise<Image> {
  const { width, height, channels, samples } = await decodeJpeg(bytes);
  const data = new Uint8Array(width * height * 3);
  if (channels === 3) data.set(samples);
  else for (let i = 0; i < data.length; i++) data[i] = samples[Math.floor(i / 3)];
  return upright({ width, height, data }, jpegOrientation(bytes));
}

function fromSamples(stored: Samples): Image {
  const { width, height, channels, depth, samples, palette, transparent, orientation } = stored;
  if (channels === 3 && samples instanceof Uint8Array && transparent === undefined) {
    return upright({ width, height, data: samples }, orientation);
  }
  const data = new Uint8Array(width * height * 3);
  const most = 2 ** depth - 1;
  const to8 = (sample: number) => depth === 8 ? sample : Math.round(sample * 255 / most);
  const onWhite = (sample: number, alpha: number) =>
    alpha === 255 ? sample : Math.round((sample * alpha + 255 * (255 - alpha)) / 255);
  for (let i = 0; i < width * height; i++) {
    const pixel = samples.subarray(channels * i, channels * (i + 1));
    let alpha = 255;
    let color: ArrayLike<number> = pixel;
    if (palette !== undefined) {
      color = palette[pixel[0]];
      if (color === undefined) {
        throw new SyntaxError(
          `colour ${pixel[0]} is missing from its palette of ${palette.length}`,
        );
      }
      alpha = color[3] ?? 255;
    } else if (channels % 2 === 0) alpha = to8(pixel[channels - 1]);
    else if (transparent?.every((value, c) => value === pixel[c])) alpha = 0;
    const grey = palette === undefined && channels < 3;
    for (let c = 0; c < 3; c++) {
      const sample = color[grey ? 0 : c];
      data[3 * i + c] = onWhite(palette === undefined ? to8(sample) : sample, alpha);
    }
  }
  return upright({ width, height, data }, orientation);
}
