import type * as z from "zod";
import { InputError } from "../../files/error.ts";
import type { Mask } from "../masks/mask.ts";
import { isBackground, isVoid } from "../labels/classes.ts";
import type { Size } from "../images/image_size.ts";
import { maxPixels } from "../images/png.ts";

/** A photograph of a set that another program wrote, with its mask. */
export interface ForeignMask {
  /** The name of the photograph there, usually that of its file. */
  readonly name: string;
  /** The mask; `size` asks for that of the photograph, where the program does not say it. */
  read(size: () => Promise<Size>): Mask | Promise<Mask>;
  /** Classes of objects that have a box alone: the photograph shows them, the mask does not. */
  readonly boxed?: readonly number[];
}

/** What another program wrote: masks of classes. */
export interface ForeignSet {
  /** The form, in words: "COCO". */
  readonly form: string;
  /** The file or folder. */
  readonly source: string;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The masks, in their order there. */
  readonly masks: readonly ForeignMask[];
  /** Photographs that it has itself, by the name of the file. */
  readonly photographs?: ReadonlyMap<string, () => Uint8Array<ArrayBuffer>>;
  /** What it has besides and is not taken, each to go on behind "Left out: ". */
  readonly leftOut: readonly string[];
}

/** The value of a foreign file, checked by a schema; throws InputError naming the first fault. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: string,
  form: string,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw unusable(source, `it is no ${form} (${path.join(".") || "the whole"}: ${message})`);
}

/** That a foreign file cannot be used. */
export function unusable(source: string, reason: string, remedy = "Export it again"): InputError {
  return new InputError(`Cannot use ${source}: ${reason}. ${remedy}.`);
}

/** An empty mask of a size that a file states; throws InputError for one that cannot be. */
export function emptyMask({ width, height }: Size, source: string, name: string): Mask {
  const sane = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (!sane || width * height > maxPixels) {
    throw unusable(source, `${name} is said to be ${width} x ${height} pixels`);
  }
  return { width, height, data: new Uint8Array(width * height) };
}

/** Does work on a photograph of a file, so that what is wrong with it is told with both names. */
export function within<T>(source: string, name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unusable(source, `${name}: ${error.message}`);
  }
}

/**
 * Class names with the background first; what the list calls background or void is no class of its own.
 * Throws InputError over 255.
 */
export function foreignClasses(names: readonly string[], source: string): readonly string[] {
  const all = [
    "background",
    ...names.map(listedName).filter((name) => !isBackground(name) && !isVoid(name)),
  ];
  if (all.length > 255) throw unusable(source, `it has ${all.length - 1} classes, over 254`);
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw unusable(source, `its class ${twice} is there twice`);
  return all;
}

/** The index of what another program calls so among `foreignClasses`: 0 for background, 255 for void. */
export function foreignIndex(name: string, classes: readonly string[]): number {
  return isVoid(name) ? 255 : isBackground(name) ? 0 : classes.indexOf(listedName(name));
}

/** A name as a line of a list of classes holds it. */
export function listedName(name: string): string {
  return name.normalize("NFC").replace(/\s+/g, " ").trim();
}

/** How often things were met, as lines for what is left out. */
export class Tally {
  readonly #counts = new Map<string, { count: number; readonly first?: string }>();

  /** Counts one; the photograph of the first is named. */
  add(what: string, photograph?: string): void {
    const known = this.#counts.get(what);
    if (known) known.count++;
    else this.#counts.set(what, { count: 1, first: photograph });
  }

  /** Counts a photograph that has objects, none of them with an outline: it is not one that is empty. */
  addBoxed(source: string, photograph: string): void {
    this.add(
      `photographs of ${source} with objects of which none has an outline: they get no mask`,
      photograph,
    );
  }

  /** Counts a photograph of whose objects some have an outline: of the others it knows a box, or nothing. */
  addPartlyBoxed(source: string, photograph: string, boxes: boolean): void {
    this.add(
      `objects without an outline in photographs of ${source} that have others with one: ` +
        (boxes ? "their boxes are void" : "without a box either, they are background") +
        " in these masks",
      photograph,
    );
  }

  /** A line for each: "annotations without an outline (3)", "photographs of ... (3, such as 1.jpg)". */
  get lines(): readonly string[] {
    return Array.from(this.#counts, ([what, { count, first }]) => {
      return `${what} (${count}${first === undefined ? "" : `, such as ${first}`})`;
    });
  }
}
