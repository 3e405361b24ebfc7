import { encode } from "fast-png";
import { zipSync } from "fflate";
import { linesOf } from "../../files/read_bytes.ts";
import { InputError } from "../../files/error.ts";
import { type Mask, vocPalette } from "../masks/mask.ts";
import { colourMask } from "./colour_mask.ts";
import type { Drawn } from "./drawn.ts";
import type { FileTree } from "./file_tree.ts";
import { foreignClasses, foreignIndex, type ForeignSet, Tally, unusable } from "./foreign_set.ts";
import { regionsOf } from "./outlines.ts";

const LABELS = "labelmap.txt";
const MASK = /^(.*\/)?SegmentationClass\/(.+)\.png$/i;
const PHOTOGRAPH = /^(.*\/)?JPEGImages\/(.+)$/i;

/** Whether files are those of CVAT's segmentation masks. */
export function isCvat(files: FileTree): boolean {
  return [...files.keys()].some((name) => /^(.*\/)?labelmap\.txt$/.test(name));
}

/**
 * Masks out of CVAT's "Segmentation mask": colours in SegmentationClass, which labelmap.txt names.
 * Photographs that are there as well are handed on.
 */
export async function cvatSet(files: FileTree, source: string): Promise<ForeignSet> {
  const path = [...files.keys()].find((name) => name.split("/").at(-1) === LABELS);
  if (path === undefined) throw unusable(source, `it has no ${LABELS}`);
  const text = new TextDecoder().decode(await files.get(path)!());
  const labels = readLabelMap(text, `${LABELS} of ${source}`);
  const classes = foreignClasses(labels.map(({ name }) => name), source);
  // Black is what nothing was drawn on, whatever colour the background has in the list.
  const table = new Map<number, number>(
    labels.some(({ color }) => color === 0) ? [] : [[0, 0]],
  );
  for (const { name, color } of labels) {
    if (table.has(color)) {
      const other = labels.find((label) => label.color === color)!.name;
      throw unusable(
        source,
        `${other} and ${name} have the same colour`,
        "Give its labels different colours and export it again",
      );
    }
    table.set(color, foreignIndex(name, classes));
  }
  const names = [...files.keys()].flatMap((name) => MASK.exec(name)?.[2] ?? []);
  if (names.length === 0) throw unusable(source, "it has no SegmentationClass with masks");
  const paths = new Map([...files.keys()].flatMap((name) => {
    const id = MASK.exec(name)?.[2];
    return id === undefined ? [] : [[id, name]];
  }));
  const photographs = new Map([...files].flatMap(([name, read]) => {
    const own = PHOTOGRAPH.exec(name)?.[2];
    return own === undefined ? [] : [[own, read as () => Uint8Array<ArrayBuffer>]];
  }));
  const lists = [...files.keys()].filter((name) => /ImageSets\/.*\.txt$/i.test(name));
  const tally = new Tally();
  for (const list of lists) {
    const lines = linesOf(new TextDecoder().decode(await files.get(list)!()));
    for (const line of lines) {
      if (line.trim() !== "" && !paths.has(line.trim())) {
        tally.add(`photographs of ${list} without a mask, in which nothing was drawn`);
      }
    }
  }
  return {
    ...{ form: "CVAT segmentation masks", source, classes, photographs, leftOut: tally.lines },
    masks: names.map((name) => ({
      name,
      read: async () =>
        colourMask(await files.get(paths.get(name)!)!(), `${name} of ${source}`, table),
    })),
  };
}

/** A line of labelmap.txt. */
interface Label {
  readonly name: string;
  /** Red, green and blue in one number. */
  readonly color: number;
}

/** Lines `name:r,g,b:parts:actions`; a name may have colons itself. */
function readLabelMap(text: string, source: string): readonly Label[] {
  return linesOf(text).flatMap((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const match = /^(.+):(\d{1,3}),(\d{1,3}),(\d{1,3}):[^:]*:[^:]*$/.exec(line.trim());
    const color = match?.slice(2).map(Number);
    if (!color || color.some((value) => value > 255)) {
      throw unusable(source, `line ${i + 1} is no "name:red,green,blue:parts:actions"`);
    }
    return [{ name: match![1], color: color[0] << 16 | color[1] << 8 | color[2] }];
  });
}

/** Masks as a zip archive that CVAT imports as "Segmentation mask 1.1"; a region each is an object. */
export async function writeCvat({ classes, masks }: Drawn): Promise<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder();
  const files: Record<string, Uint8Array> = {};
  const bad = classes.find((name) => /^#|:|^\s|\s$/.test(name));
  if (bad !== undefined) {
    throw new InputError(
      `Cannot write the class "${bad}" for CVAT: in its ${LABELS} no name has a colon, begins with # or ` +
        "with a blank, or ends with one. Rename it in the list of classes.",
    );
  }
  const labels = classes.map((name, c) => `${name}:${vocPalette[c].join(",")}::`);
  files[LABELS] = text.encode(["# label:color_rgb:parts:actions", ...labels, ""].join("\n"));
  const ids: string[] = [];
  for await (const { id, mask } of masks) {
    ids.push(id);
    const known = mask.data.map((c) => c === 255 ? 0 : c);
    files[`SegmentationClass/${id}.png`] = painted(mask, known);
    files[`SegmentationObject/${id}.png`] = painted(mask, objectsOf(mask));
  }
  files["ImageSets/Segmentation/default.txt"] = text.encode(ids.map((id) => `${id}\n`).join(""));
  // One date for all, so that the same masks make the same archive.
  return new Uint8Array(zipSync(files, { level: 6, mtime: "2000-01-01" }));
}

/**
 * The objects of a mask, each a region, numbered from 1. CVAT knows 255 of them in a photograph: of more,
 * the smallest of a class are one.
 */
function objectsOf(mask: Mask): Uint8Array {
  const objects = new Uint8Array(mask.data.length);
  const regions = regionsOf(mask, [0, 255]).sort((a, b) => b.pixels.length - a.pixels.length);
  const classes = new Set(regions.map(({ index }) => index)).size;
  const single = regions.length > 255 ? 255 - classes : regions.length;
  const shared = new Map<number, number>();
  regions.forEach(({ index, pixels }, i) => {
    if (i >= single && !shared.has(index)) shared.set(index, single + 1 + shared.size);
    for (const u of pixels) objects[u] = i < single ? i + 1 : shared.get(index)!;
  });
  return objects;
}

function painted({ width, height }: Mask, indices: Uint8Array): Uint8Array {
  const data = new Uint8Array(3 * width * height);
  indices.forEach((index, u) => data.set(vocPalette[index], 3 * u));
  return encode({ width, height, data, channels: 3, depth: 8 });
}
