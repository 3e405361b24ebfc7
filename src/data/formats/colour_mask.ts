import { InputError } from "../../files/error.ts";
import { upright } from "../images/orientation.ts";
import { decodePng, isPng, type Png } from "../images/png.ts";
import { formatOf } from "../images/image.ts";
import type { Mask } from "../masks/mask.ts";

/** Class indices by colours, red, green and blue in one number. */
export type ColourTable = ReadonlyMap<number, number>;

/**
 * A mask out of a PNG whose colours stand for classes, those of its palette too.
 *
 * @throws {InputError} naming the file and the place of a colour that stands for none.
 */
export function colourMask(bytes: Uint8Array, name: string, table: ColourTable): Mask {
  const png = decodedMask(bytes, name);
  const { width, height, channels, depth, samples, palette, orientation } = png;
  const data = new Uint8Array(width * height);
  for (let u = 0; u < data.length; u++) {
    const color = palette
      ? palette[samples[u]] ?? []
      : channels < 3
      ? new Array(3).fill(samples[channels * u])
      : samples.subarray(channels * u, channels * u + 3);
    const [r, g, b] = Array.from(color, (value) => depth === 16 ? value >> 8 : value);
    const index = table.get(r << 16 | g << 8 | b);
    if (index === undefined) {
      throw refused(
        name,
        `the colour (${r}, ${g}, ${b}) at column ${u % width}, row ${
          Math.floor(u / width)
        } stands for ` +
          "no class",
      );
    }
    data[u] = index;
  }
  return upright({ width, height, data }, orientation);
}

/**
 * A mask out of a PNG whose values, grey levels or indices of its palette, of 8 or 16 bits, stand for
 * classes.
 *
 * @param classOf the class of a value; nothing for one that stands for none
 * @throws {InputError} naming the file and the place of a value that stands for none.
 */
export function valueMask(
  bytes: Uint8Array,
  name: string,
  classOf: (value: number) => number | undefined,
): Mask {
  const { width, height, channels, samples, orientation } = decodedMask(bytes, name);
  if (channels > 2) throw refused(name, "it is RGB: its values are colours");
  const known = new Map<number, number | undefined>();
  const data = new Uint8Array(width * height);
  for (let u = 0; u < data.length; u++) {
    const value = samples[channels * u];
    if (!known.has(value)) known.set(value, classOf(value));
    const index = known.get(value);
    if (index === undefined) {
      throw refused(
        name,
        `the value ${value} at column ${u % width}, row ${
          Math.floor(u / width)
        } stands for no class; --table says what values stand for`,
      );
    }
    data[u] = index;
  }
  return upright({ width, height, data }, orientation);
}

function decodedMask(bytes: Uint8Array, name: string): Png {
  if (!isPng(bytes)) throw refused(name, `it is ${formatOf(bytes)}, not a PNG`);
  try {
    return decodePng(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused(name, error.message);
  }
}

function refused(name: string, reason: string): InputError {
  return new InputError(
    `Cannot read the mask ${name}: ${reason}. Check that masks and list of classes belong together.`,
  );
}
