import { vocClasses } from "./classes.ts";
import { InputError } from "../../files/error.ts";
import { findLabels, type LabelSource, type Photographs } from "./find_labels.ts";
import { fromFile, fromFolders, fromMasks, fromNames, fromXml } from "./label_sources.ts";
import { type LabelTable, refused } from "./label_table.ts";
import type { Voc } from "../sets/voc.ts";

/** For every image of a set the classes in it, ascending indices from 1, and where that is from. */
export interface ImageLabels {
  /** Class indices by id, without the background; none for an image of background alone. */
  readonly labels: ReadonlyMap<string, readonly number[]>;
  /** The file or folder that was read, for reports. */
  readonly source: string;
}

/**
 * Image labels of a set from one of these:
 *
 * - a file of lines `id name name`, of CSV `id,name,name`, of JSON `{"id": ["name", ...]}`, or of
 *   JSON `{"id": "...", "classes": ["name", ...]}` a line; names or indices of classes;
 * - PSA's cls_labels.npy, a dictionary of flags by id;
 * - SSDD's NAME_labels.txt, rows of 0 and 1, with the ids in NAME_id.txt beside it;
 * - a folder with a folder for each class; or "folders", where the photographs themselves lie so;
 * - a folder of VOC's XML files, such as "Annotations" (objects of other classes are left out);
 * - "names": the photographs' names begin with their class, `cat_0012.jpg`;
 * - "masks", the set's own masks, which makes the labels as good as the truth.
 *
 * A path may be one inside the set's folder. Without `from` it is what the set was opened with, else
 * the first that is there of image_labels (.txt, .csv, .jsonl, .json), labels (the same),
 * cls_labels.npy, Annotations, the folders of the photographs, and the masks.
 * Throws InputError naming the file and the image that has no labels, or an unknown class.
 */
export async function readLabels(
  voc: Voc,
  from: string | undefined = voc.labels,
): Promise<ImageLabels> {
  const source = await findLabels(voc, from);
  const table = await readTable(voc, source, voc.classes);
  const { rows, flags } = table;
  if (flags !== undefined && flags !== voc.classes.length - 1) {
    const reason = `it has ${flags} flags for ${voc.classes.length - 1} classes`;
    throw refused(
      table.source,
      reason,
      "Write the names of its classes, one a line, to classes.txt",
    );
  }
  const missing = voc.items.filter(({ id }) => !rows.has(id));
  if (missing.length > 0) {
    const reason = `${missing.length} of ${voc.items.length} images are not in it, such as ` +
      missing[0].id;
    throw refused(table.source, reason, "Add them, or take them out of the list");
  }
  const named = (name: string | number) => source.kind !== "xml" || voc.classes.includes(`${name}`);
  const labels = voc.items.map(({ id }) => {
    const names = rows.get(id)!.filter(named);
    return [id, ascending(names.map((name) => index(voc, name, table.source, id)))] as const;
  });
  return { labels: new Map(labels), source: table.source };
}

/**
 * The classes that the labels of a set name, background not among them: its own list if it has one,
 * else all names in alphabetical order; undefined where there are no names, or all are VOC's and so is
 * the set's layout.
 */
export async function labelledClasses(
  set: Photographs,
  from: string | undefined,
): Promise<{ readonly names: readonly string[]; readonly source: string } | undefined> {
  const source = await findLabels(set, from).catch((error) => {
    if (from === undefined && error instanceof InputError) return undefined;
    throw error;
  });
  if (source === undefined) return undefined;
  const { classes, rows, source: path } = await readTable(set, source);
  if (classes) return { names: classes, source: path };
  const names = [...new Set([...rows.values()].flat().map(String))]
    .filter((name) => !/^\d+$/.test(name) && name !== "background");
  if (areVoc(set, names) || names.length === 0) return undefined;
  return { names: names.sort(), source: path };
}

async function readTable(
  set: Photographs,
  source: LabelSource,
  classes?: readonly string[],
): Promise<LabelTable> {
  switch (source.kind) {
    case "file":
      return await fromFile(source.path);
    case "folders":
      return await fromFolders(source.path);
    case "names":
      return fromNames(set, classes);
    case "xml":
      return classes
        ? await fromXml(source.path, set.items.map(({ id }) => id))
        : await namesOfXml(source.path, set);
    case "masks":
      return classes
        ? await fromMasks(set, set.masks, classes.length)
        : { source: set.masks, rows: new Map() };
  }
}

/** Whether names are VOC's, and so is the layout: photographs of one's own are not in JPEGImages. */
function areVoc({ images, root }: Photographs, names: readonly string[]): boolean {
  return images !== root && names.every((name) => vocClasses.includes(name));
}

/** All annotations of the folder, unless a few of the images say that the classes are VOC's. */
async function namesOfXml(folder: string, set: Photographs): Promise<LabelTable> {
  const { items } = set;
  const few = await fromXml(folder, items.slice(0, 20).map(({ id }) => id));
  if (areVoc(set, [...few.rows.values()].flat().map(String))) return few;
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const files = names.filter((name) => name.endsWith(".xml") && !name.startsWith("."));
  return await fromXml(folder, files.map((name) => name.slice(0, -4)));
}

/** The index of a class by its name, or by the index itself. */
function index({ classes }: Voc, name: string | number, source: string, id: string): number {
  const found = classes.indexOf(`${name}`);
  if (found >= 0) return found;
  if (/^\d+$/.test(`${name}`) && Number(name) < classes.length) return Number(name);
  const some = `${classes.slice(1, 6).join(", ")}${classes.length > 6 ? ", ..." : ""}`;
  throw refused(source, `${id} has the unknown class ${name}`, `The classes are ${some}`);
}

/** Each class once, without the background. */
function ascending(indices: readonly number[]): readonly number[] {
  return [...new Set(indices)].filter((index) => index > 0).sort((a, b) => a - b);
}
