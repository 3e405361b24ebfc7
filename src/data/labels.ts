import { dirname, join } from "@std/path";
import { float32 } from "../weights/entry.ts";
import { readNpy } from "../weights/npy.ts";
import { NumpyArray } from "../weights/numpy_pickle.ts";
import { InputError } from "./error.ts";
import { readMask } from "./mask.ts";
import { readText } from "./read_bytes.ts";
import type { Voc, VocItem } from "./voc.ts";

/** For every image of a set the classes in it, ascending indices from 1, and where that is from. */
export interface ImageLabels {
  /** Class indices by id, without the background. */
  readonly labels: ReadonlyMap<string, readonly number[]>;
  /** The file or folder that was read, for reports. */
  readonly source: string;
}

/**
 * Image labels of a set from one of these:
 *
 * - a text of lines `id name name` or `id,name,name`; names or indices of classes;
 * - a .json of `{"id": ["name", ...]}`;
 * - PSA's cls_labels.npy, a dictionary of flags by id;
 * - SSDD's NAME_labels.txt, rows of 0 and 1, with the ids in NAME_id.txt beside it;
 * - "Annotations", VOC's XML files (objects of other classes are left out);
 * - "masks", the set's own masks, which makes the labels as good as the truth.
 *
 * Without `from`: image_labels.txt of the set, else its Annotations, else its masks.
 * Throws InputError naming the file and the image that has no labels, or an unknown class.
 */
export async function readLabels(voc: Voc, from?: string): Promise<ImageLabels> {
  const source = from ?? await defaultSource(voc);
  if (source === "masks" || source === "Annotations") {
    const read = source === "masks" ? fromMask : fromXml;
    const labels = new Map<string, readonly number[]>();
    for (const item of voc.items) labels.set(item.id, ascending(await read(voc, item)));
    return { labels, source: source === "masks" ? voc.masks : join(voc.root, source) };
  }
  const known = await readTable(voc, source);
  const missing = voc.items.filter(({ id }) => !known.has(id));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot use the image labels ${source}: ${missing.length} of ${voc.items.length} images ` +
        `are not in it, such as ${missing[0].id}. Add them, or take them out of the list.`,
    );
  }
  return {
    labels: new Map(voc.items.map(({ id }) => [id, ascending(known.get(id)!)])),
    source,
  };
}

async function defaultSource({ root }: Voc): Promise<string> {
  for (const name of ["image_labels.txt", "Annotations"]) {
    const path = join(root, name);
    if (await Deno.stat(path).then(() => true, () => false)) {
      return name === "Annotations" ? name : path;
    }
  }
  return "masks";
}

type Table = ReadonlyMap<string, readonly number[]>;

async function readTable(voc: Voc, path: string): Promise<Table> {
  if (path.endsWith(".npy")) return await fromNumpy(voc, path);
  const text = await readText(path);
  if (path.endsWith(".json")) return fromJson(voc, path, text);
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length > 0 && lines.every((line) => /^[01](\.0*)?([\s,]+[01](\.0*)?)*$/.test(line))) {
    return await fromFlags(voc, path, lines);
  }
  const table = new Map<string, readonly number[]>();
  for (const line of lines) {
    const [id, ...names] = line.split(line.includes(",") ? /\s*,\s*/ : /\s+/);
    table.set(id, names.filter((name) => name !== "").map((name) => index(voc, name, path, id)));
  }
  return table;
}

/** The index of a class by its name, or by the index itself. */
function index({ classes }: Voc, name: string, path: string, id: string): number {
  const found = classes.indexOf(name);
  if (found >= 0) return found;
  if (/^\d+$/.test(name) && Number(name) < classes.length) return Number(name);
  throw new InputError(
    `Cannot use the image labels ${path}: ${id} has the unknown class ${name}. ` +
      `The classes are ${classes.slice(1, 6).join(", ")}${classes.length > 6 ? ", ..." : ""}.`,
  );
}

function fromJson(voc: Voc, path: string, text: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`Cannot read ${path}: it is no JSON. Correct it.`, { cause });
  }
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || !entries.every(([, names]) => Array.isArray(names))) {
    throw new InputError(
      `Cannot use the image labels ${path}: it is not lists of classes by image. ` +
        'Write {"id": ["name", "name"]}.',
    );
  }
  return new Map(entries.map(([id, names]) => {
    return [id, (names as unknown[]).map((name) => index(voc, String(name), path, id))];
  }));
}

async function fromFlags(voc: Voc, path: string, lines: readonly string[]): Promise<Table> {
  const idsPath = path.replace(/_labels(\.\w+)?$/, "_id$1");
  if (idsPath === path) {
    throw new InputError(
      `Cannot use the image labels ${path}: its rows of 0 and 1 name no images. ` +
        `Call it NAME_labels.txt and put the ids in NAME_id.txt in ${dirname(path)}.`,
    );
  }
  const ids = (await readText(idsPath)).split("\n").map((id) => id.trim()).filter((id) => id);
  if (ids.length !== lines.length) {
    throw new InputError(
      `Cannot use the image labels ${path}: it has ${lines.length} rows, but ${idsPath} has ` +
        `${ids.length}. Give files that belong together.`,
    );
  }
  return new Map(ids.map((id, i) => {
    return [id, classesOf(voc, lines[i].split(/[\s,]+/).map(Number), path, id)];
  }));
}

async function fromNumpy(voc: Voc, path: string): Promise<Table> {
  const file = await readNpy(path);
  const dictionary = file.kind === "objects" ? file.objects[0] : undefined;
  if (!(dictionary instanceof Map)) {
    throw new InputError(
      `Cannot use the image labels ${path}: it holds no dictionary of flags by image. ` +
        "Give the cls_labels.npy of PSA, or write lines of an id and class names.",
    );
  }
  return new Map([...dictionary].map(([key, flags]) => {
    // IRN keeps 2007_000032 as the number 2007000032.
    const id = typeof key === "number"
      ? String(key).replace(/^(\d{4})(\d{6})$/, "$1_$2")
      : `${key}`;
    const values = flags instanceof NumpyArray && flags.entry ? [...float32(flags.entry)] : [];
    return [id, classesOf(voc, values, path, id)];
  }));
}

/** The classes of a row of flags, the first of which is class 1. */
function classesOf(
  { classes }: Voc,
  flags: readonly number[],
  path: string,
  id: string,
): readonly number[] {
  if (flags.length !== classes.length - 1) {
    throw new InputError(
      `Cannot use the image labels ${path}: ${id} has ${flags.length} flags for ` +
        `${classes.length - 1} classes. Give the list of classes that belongs to it.`,
    );
  }
  return flags.flatMap((flag, i) => flag > 0 ? [i + 1] : []);
}

async function fromMask({ classes }: Voc, { mask }: VocItem): Promise<Iterable<number>> {
  const present = new Array<boolean>(256).fill(false);
  for (const index of (await readMask(mask, { classes: classes.length })).data) {
    present[index] = true;
  }
  return present.flatMap((is, index) => is ? [index] : []);
}

async function fromXml({ root, classes }: Voc, { id }: VocItem): Promise<Iterable<number>> {
  const path = join(root, "Annotations", `${id}.xml`);
  const text = await readText(path);
  if (!/<annotation[\s>]/.test(text)) {
    throw new InputError(`Cannot read ${path}: it is no annotation of VOC. Replace it.`);
  }
  // The parts of an object, such as a head, have names of their own.
  const objects = text.matchAll(/<object>([\s\S]*?)<\/object>/g);
  return Array.from(objects, ([, object]) => {
    const name = /<name>\s*(.*?)\s*<\/name>/.exec(object.replace(/<part>[\s\S]*?<\/part>/g, ""));
    return classes.indexOf(name?.[1] ?? "");
  });
}

/** Each class once, without background, void and unknown. */
function ascending(indices: Iterable<number>): readonly number[] {
  return [...new Set(indices)].filter((index) => index > 0 && index < 255).sort((a, b) => a - b);
}
