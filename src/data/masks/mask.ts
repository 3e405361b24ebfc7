import { encode } from "fast-png";
import { writeAtomic } from "../../files/atomic.ts";
import { InputError } from "../../files/error.ts";
import { formatOf } from "../images/image.ts";
import { isJpeg } from "../images/jpeg.ts";
import { upright } from "../images/orientation.ts";
import { decodePng, isPng, type Png } from "../images/png.ts";
import { readBytes } from "../../files/read_bytes.ts";
import { nameOf, type Source } from "../../files/source.ts";

/** A label map: one class index per pixel, 0 the background, 255 void. */
export interface Mask {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Row-major class indices, height x width. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** What a mask must satisfy. */
export interface MaskOptions {
  /** Number of classes with the background: indices from this one to 254 are refused. */
  readonly classes?: number;
}

/** The 256 colours of PASCAL VOC, [red, green, blue]: the bits of the index, spread and reversed. */
export const vocPalette: readonly (readonly [number, number, number])[] = Array.from(
  { length: 256 },
  (_, index) => {
    const color: [number, number, number] = [0, 0, 0];
    for (let bit = 0; bit < 8; bit++) {
      color[bit % 3] |= ((index >> bit) & 1) << (7 - Math.floor(bit / 3));
    }
    return color;
  },
);

const indexOf: ReadonlyMap<number, number> = new Map(
  vocPalette.map(([r, g, b], index) => [r << 16 | g << 8 | b, index]),
);

/**
 * Reads a mask from a PNG: the raw indices of a palette, grey levels as indices, or RGB colours
 * looked up in the VOC palette. EXIF orientation is applied, as to photographs.
 * Throws InputError naming the file when it is missing, damaged, no PNG, black and white alone (its
 * white is meant as an object, but 255 is void), has a colour that the VOC palette lacks, or an index
 * out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readMask, writeMask } from "@henka/henka";
 *
 * const path = await Deno.makeTempFile({ suffix: ".png" });
 * await writeMask(path, { width: 3, height: 1, data: new Uint8Array([0, 15, 255]) });
 * const mask = await readMask(path, { classes: 21 }); // 255 is void in any number of classes
 * assertEquals([...mask.data], [0, 15, 255]);
 * await Deno.remove(path);
 * ```
 */
export async function readMask(source: Source, options: MaskOptions = {}): Promise<Mask> {
  return decodeMask(await readBytes(source), nameOf(source), options);
}

/** As `readMask`, from the bytes of the file; `name` stands in the messages. */
export function decodeMask(bytes: Uint8Array, name: string, options: MaskOptions = {}): Mask {
  const refuse = (reason: string, remedy: string) =>
    new InputError(`Cannot read the mask ${name}: ${reason}. ${remedy}`);
  if (!isPng(bytes)) {
    throw isJpeg(bytes)
      ? refuse("it is a JPEG, which blurs labels", "Make it a palette PNG from the original.")
      : refuse(`it is ${formatOf(bytes)}`, "Convert it to a palette PNG.");
  }
  let png: Png;
  try {
    png = decodePng(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refuse(error.message, "Replace it, or take it out of the list.");
  }
  refuseBlackAndWhite(png, refuse);
  if (options.classes === undefined) refuseShades(png, refuse);
  const { width, height, orientation } = png;
  const mask = upright({ width, height, data: indices(png, refuse) }, orientation);
  checkRange(mask, options.classes, refuse);
  return mask;
}

/** Writes a mask as an 8-bit palette PNG in the VOC colours. Throws InputError when it cannot. */
export async function writeMask(path: string, mask: Mask): Promise<void> {
  await writeAtomic(path, encodeMask(mask));
}

/** The bytes of an 8-bit palette PNG in the VOC colours. Throws TypeError when sizes disagree. */
export function encodeMask({ width, height, data }: Mask): Uint8Array<ArrayBuffer> {
  if (data.length !== width * height) {
    throw new TypeError(
      `Cannot encode a mask: ${data.length} labels do not make ${width}x${height}`,
    );
  }
  const palette = vocPalette.map((color) => [...color]);
  return new Uint8Array(encode({ width, height, data, channels: 1, depth: 8, palette }));
}

type Refuse = (reason: string, remedy: string) => InputError;

/**
 * A mask of one object is often drawn white on black. As indices that would be void on background, and
 * the object would be lost without a word. VOC's palette has another colour for void.
 */
function refuseBlackAndWhite({ channels, depth, samples, palette }: Png, refuse: Refuse): void {
  if (depth === 1 || palette && !palette[255]?.slice(0, 3).every((value) => value === 255)) return;
  const white = samples.find((value, i) => value !== 0 && !isAlpha(i));
  if (
    white === undefined && samples.some((value, i) => isAlpha(i) && value !== samples[channels - 1])
  ) {
    throw refuse("its shapes are in its transparency alone", "Make it a palette PNG of indices.");
  }
  if (white !== 2 ** depth - 1 && !(white === 255 && depth === 16)) return;
  if (samples.some((value, i) => value !== 0 && value !== white && !isAlpha(i))) return;
  throw refuse(
    `it has no values but 0 and ${white}, black and white; 255 is void, not an object`,
    "Write the object as 1 (import masks --format values does, with a --table of 0,background and " +
      `${white},NAME); where 255 is void, save it as a palette PNG in VOC's colours.`,
  );

  function isAlpha(i: number): boolean {
    return channels % 2 === 0 && i % channels === channels - 1;
  }
}

/** A grey photograph, or a mask of which the edges are blurred, has far more levels than classes. */
function refuseShades({ channels, samples, palette }: Png, refuse: Refuse): void {
  if (channels > 2 || palette) return;
  const levels = new Set(channels === 1 ? samples : samples.filter((_, i) => i % 2 === 0));
  if (levels.size > 64) throw refuse(`it has ${levels.size} grey levels`, "Give class indices.");
}

function indices(
  { width, channels, depth, samples }: Png,
  refuse: Refuse,
): Uint8Array<ArrayBuffer> {
  if (channels === 1 && samples instanceof Uint8Array) return samples;
  const data = new Uint8Array(samples.length / channels);
  const at = (i: number) => `at column ${i % width}, row ${Math.floor(i / width)}`;
  for (let i = 0; i < data.length; i++) {
    const [a, b, c] = [samples[channels * i], samples[channels * i + 1], samples[channels * i + 2]];
    const index = channels < 3 ? a : indexOf.get(a << 16 | b << 8 | c);
    if (index === undefined || index > 255) {
      throw channels < 3
        ? refuse(`the value ${a} ${at(i)} is no class index`, "Use 0..254, and 255 for void.")
        : refuse(
          `the ${depth}-bit colour (${a}, ${b}, ${c}) ${at(i)} is not in the VOC palette`,
          "Convert the mask to class indices.",
        );
    }
    data[i] = index;
  }
  return data;
}

function checkRange({ width, data }: Mask, classes: number | undefined, refuse: Refuse): void {
  if (classes === undefined) return;
  let i = 0; // not findIndex: masks have many pixels, and it calls a function for each
  while (i < data.length && (data[i] < classes || data[i] === 255)) i++;
  if (i === data.length) return;
  throw refuse(
    `the class index ${data[i]} at column ${i % width}, row ${Math.floor(i / width)} ` +
      `is not in 0..${classes - 1}`,
    "Check that the mask and the list of classes belong together.",
  );
}
