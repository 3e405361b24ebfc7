import { InputError } from "../../files/error.ts";
import { listFolder } from "../../files/list_folder.ts";
import { leftOutOf, listed } from "../../files/listed.ts";
import { idOf, photographEnd } from "../sets/photograph_name.ts";
import { classFolders } from "../sets/photographs.ts";
import type { Voc } from "../sets/voc.ts";
import { isBackground, vocClasses } from "./classes.ts";
import { classFinder, plainWords } from "./find_class.ts";
import { findLabels, type LabelSource, type Photographs } from "./find_labels.ts";
import { fromFile, fromFolders, fromMasks, fromNames, fromXml } from "./label_sources.ts";
import { type KnownOfSet, type LabelTable, refused } from "./label_table.ts";

/** For every image of a set the classes in it, ascending indices from 1, and where that is from. */
export interface ImageLabels {
  /** Class indices by id, without the background; none for an image of background alone. */
  readonly labels: ReadonlyMap<string, readonly number[]>;
  /** The file or folder that was read, for reports. */
  readonly source: string;
  /** What the source has beside the labels; see `Voc.leftOut`. */
  readonly leftOut: readonly string[];
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
  requireRows(voc, table, source.kind);
  const find = classFinder(voc.classes);
  const others = new Map<string, number>();
  const labels = voc.items.map(({ id }) => {
    const indices = rows.get(id)!.map((name) => {
      const index = find(name);
      if (index === 0 && !isBackground(name)) throw fromZero(table.source, id);
      if (index !== undefined) return index;
      if (source.kind !== "xml") throw unknown(voc, name, table.source, id);
      others.set(`${name}`, (others.get(`${name}`) ?? 0) + 1);
      return 0;
    });
    return [id, ascending(indices)] as const;
  });
  return {
    labels: new Map(labels),
    source: table.source,
    leftOut: [
      ...source.leftOut ?? [],
      ...table.leftOut ?? [],
      ...leftOutOf(
        `labels in ${table.source} of photographs that are not in the list ${voc.listName}`,
        unlisted(voc, table),
      ),
      ...leftOutOf(
        `objects in ${table.source} of no class of the set`,
        Array.from(others, ([name, count]) => `${name} (${count})`),
      ),
    ],
  };
}

/** Photographs of the set that a table names and the list does not, unless others of its lists may. */
function unlisted(
  { items, listIsOwn }: Voc,
  { rows, strangers }: LabelTable,
): readonly string[] {
  if (strangers === undefined || listIsOwn) return [];
  const others = new Set([...strangers, ...items.map(({ id }) => id)]);
  return [...rows.keys()].filter((id) => !others.has(id));
}

/** Every image must be in the table, which may be of something else altogether. */
function requireRows(
  { items }: Voc,
  { source, rows, strangers = [] }: LabelTable,
  kind: LabelSource["kind"],
): void {
  const missing = items.filter(({ id }) => !rows.has(id));
  if (missing.length === 0) return;
  const all = missing.length === items.length;
  const others = strangers.length > 0
    ? `; it names, for example, ${listed(strangers.slice(0, 3))}`
    : "";
  const reason = `${missing.length} of ${items.length} images are not in it: ${
    listed(missing.map(({ id }) => id), 5)
  }${others}`;
  if (all && [...rows.values()].every(({ length }) => length === 0)) {
    throw refused(source, reason, "If it is a list of the classes, call it classes.txt");
  }
  if (all && strangers.length > 0) {
    throw refused(
      source,
      reason,
      `Write the photographs as they are called here, ${missing[0].id}`,
    );
  }
  const add = kind === "folders"
    ? "Copy each into the folder of its class, or into one called background where it shows none"
    : "Add them, with an empty label where they show no class (background alone)";
  const leave = "write the other names to a file, one a line, and give --list FILE";
  throw refused(source, reason, `${add}; to leave them out, ${leave}`);
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
  const { classes, rows, flags, source: path } = await readTable(set, source);
  if (flags !== undefined) return undefined;
  if (classes) return { names: distinct(classes, path), source: path };
  const all = new Set([...rows.values()].flat().map(String));
  const names = [...all].filter((name) => !/^\d+$/.test(name) && !isBackground(name)).sort();
  if (all.has("0")) throw fromZero(path);
  if (names.length === 0 && all.size > 0 && set.images === set.root) {
    throw refused(
      path,
      "it has indices and the set no list of classes",
      "Write the names, or " +
        "write the classes, one a line, to classes.txt",
    );
  }
  if (areVoc(set, names) || names.length === 0) return undefined;
  return { names: distinct(names, path), source: path };
}

/** Names of classes that are not the same but for how they are written. */
function distinct(names: readonly string[], source: string): readonly string[] {
  const words = Map.groupBy(new Set(names), plainWords);
  const twice = [...words.values()].find(({ length }) => length > 1);
  if (twice === undefined) return names;
  throw refused(
    source,
    `its classes ${twice[0]} and ${twice[1]} differ in nothing but how they are written`,
    "Write them alike, or write the classes, one a line, to classes.txt",
  );
}

function fromZero(source: string, id?: string): InputError {
  const where = id === undefined ? "its labels" : `the labels of ${id}`;
  return refused(
    source,
    `${where} are indices and include 0, which is the background's`,
    "Write names, or indices from 1 and the names of the classes, one a line, to classes.txt",
  );
}

async function readTable(
  set: Photographs,
  source: LabelSource,
  classes?: readonly string[],
): Promise<LabelTable> {
  switch (source.kind) {
    case "file":
      return await fromFile(source.path, { classes, photographOf: await photographsByName(set) });
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
  const names = (await listFolder(folder) ?? []).map(({ name }) => name);
  const files = names.filter((name) => /\.xml$/i.test(name) && !name.startsWith("."));
  return await fromXml(folder, files.map((name) => name.slice(0, -4)));
}

/**
 * Finds photographs of the set, whether they are on its list or not, by what a table calls them: with
 * or without the ending, with `\\` as on Windows, or without the folder where one alone has that name.
 */
async function photographsByName(
  { images, items }: Photographs,
): Promise<KnownOfSet["photographOf"]> {
  const here = (await listFolder(images) ?? []).map(({ name }) => name);
  const { folders } = await classFolders(images);
  const inFolders = folders.flatMap(({ name, content: { photographs } }) => {
    return photographs.map((photograph) => `${name}/${photograph}`);
  });
  const names = [...here.filter((name) => photographEnd.test(name)), ...inFolders];
  const ids = new Set([...names.map(idOf), ...items.map(({ id }) => id)]);
  const bare = Map.groupBy(ids, (id) => id.slice(id.lastIndexOf("/") + 1));
  return (name) => {
    const id = [name, name.replaceAll("\\", "/").replace(/^(\.\/)+/, "")].map(idOf)
      .find((id) => ids.has(id));
    if (id !== undefined) return id;
    const same = bare.get(idOf(name)) ?? [];
    return same.length === 1 ? same[0] : undefined;
  };
}

function unknown({ classes }: Voc, name: string | number, source: string, id: string): InputError {
  const some = `${classes.slice(1, 6).join(", ")}${classes.length > 6 ? ", ..." : ""}`;
  return refused(source, `${id} has the unknown class ${name}`, `The classes are ${some}`);
}

/** Each class once, without the background. */
function ascending(indices: readonly number[]): readonly number[] {
  return [...new Set(indices)].filter((index) => index > 0).sort((a, b) => a - b);
}
