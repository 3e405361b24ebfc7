import { encode } from "fast-png";
import { decodePng, isPng } from "../images/png.ts";
import type { Mask } from "../masks/mask.ts";
import type { ClassTable } from "./class_table.ts";
import { colourMask, valueMask } from "./colour_mask.ts";
import type { FileTree } from "./file_tree.ts";
import { type ForeignSet, unusable } from "./foreign_set.ts";

/** Masks in PNG files whose colours stand for the classes of a table. */
export function colourSet(files: FileTree, source: string, table: ClassTable): ForeignSet {
  return pngSet("colours", files, source, table.classes, (bytes, name) => {
    return colourMask(bytes, name, table.indices);
  });
}

/**
 * Masks in PNG files of 8 or 16 bits whose values stand for the classes of a table, or are their indices
 * after an offset is added: what falls below 0 is void, and so is the highest value of all.
 *
 * @param classes the names, where there is no table
 */
export function valueSet(
  files: FileTree,
  source: string,
  by: { readonly table?: ClassTable; readonly offset: number },
  classes: readonly string[],
): ForeignSet {
  const { table, offset } = by;
  const names = table?.classes ?? classes;
  return pngSet("values", files, source, names, (bytes, name) => {
    const highest = isPng(bytes) && depthOf(bytes) === 16 ? 65535 : 255;
    return valueMask(bytes, name, (value) => {
      if (table) return table.indices.get(value);
      if (value === highest || value + offset < 0) return 255;
      return value + offset < names.length ? value + offset : undefined;
    });
  });
}

function depthOf(bytes: Uint8Array): number {
  try {
    return decodePng(bytes).depth;
  } catch {
    return 8; // which is told when it is read
  }
}

function pngSet(
  form: string,
  files: FileTree,
  source: string,
  classes: readonly string[],
  read: (bytes: Uint8Array, name: string) => Mask,
): ForeignSet {
  const pictures = [...files].filter(([name]) => /\.png$/i.test(name));
  if (pictures.length === 0) {
    throw unusable(source, "it has no PNG files", "Give a folder of masks");
  }
  return {
    ...{ form: `PNG of ${form}`, source, classes },
    leftOut: [],
    masks: pictures.map(([name, bytes]) => ({
      name: name.replace(/\.png$/i, ""),
      read: async () => read(await bytes(), `${source}/${name}`),
    })),
  };
}

/**
 * A mask as a grey PNG of values, of 16 bits where one is over 254: the first value that stands for the
 * class in the table, or the index less the offset. Throws InputError for a class without a value.
 */
export function encodeValues(
  { width, height, data }: Mask,
  by: { readonly table?: ReadonlyMap<number, number>; readonly offset: number },
  classes: readonly string[],
): Uint8Array<ArrayBuffer> {
  const valueOf = new Map<number, number>();
  for (const [value, index] of by.table ?? []) {
    if (!valueOf.has(index)) valueOf.set(index, value);
  }
  if (!by.table) classes.forEach((_, c) => valueOf.set(c, c - by.offset));
  const deep = [...valueOf.values()].some((value) => value > 254);
  if (!valueOf.has(255)) valueOf.set(255, by.offset < 0 ? 0 : deep ? 65535 : 255);
  const values = deep ? new Uint16Array(data.length) : new Uint8Array(data.length);
  data.forEach((c, u) => {
    const value = valueOf.get(c);
    if (value === undefined || value < 0) {
      throw unusable(
        "the table",
        `it has no value for ${classes[c] ?? "void"}`,
        "Add one, or change --offset",
      );
    }
    values[u] = value;
  });
  return new Uint8Array(
    encode({ width, height, data: values, channels: 1, depth: deep ? 16 : 8 }),
  );
}

/** A mask as an RGB PNG in the colours of a table. Throws InputError for a class without one. */
export function encodeColours(
  { width, height, data }: Mask,
  table: ReadonlyMap<number, number>,
  classes: readonly string[],
): Uint8Array<ArrayBuffer> {
  const colourOf = new Map([...table].reverse().map(([color, index]) => [index, color]));
  const pixels = new Uint8Array(3 * data.length);
  data.forEach((c, u) => {
    const color = colourOf.get(c);
    if (color === undefined) {
      throw unusable("the table", `it has no colour for ${classes[c] ?? "void"}`, "Add one");
    }
    pixels.set([color >> 16, color >> 8 & 255, color & 255], 3 * u);
  });
  return new Uint8Array(encode({ width, height, data: pixels, channels: 3, depth: 8 }));
}
