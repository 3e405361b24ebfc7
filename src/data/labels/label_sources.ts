import { dirname, join } from "@std/path";
import { float32 } from "../../weights/entry.ts";
import { readNpy } from "../../weights/npy.ts";
import { NumpyArray } from "../../weights/numpy_pickle.ts";
import type { InputError } from "../../files/error.ts";
import { alike, FolderIndex } from "../../files/folder_index.ts";
import { leftOutOf } from "../../files/listed.ts";
import { linesOf, readText } from "../../files/read_bytes.ts";
import { readMask } from "../masks/mask.ts";
import { idOf } from "../sets/photograph_name.ts";
import { classFolders } from "../sets/photographs.ts";
import { isBackground } from "./classes.ts";
import { type KnownOfSet, type LabelTable, parseLabels, refused } from "./label_table.ts";
import { readAnnotation } from "./voc_xml.ts";

/** The images of a set, as far as their labels depend on them. */
export interface LabelledSet {
  /** The set's folder. */
  readonly root: string;
  /** The images whose labels are wanted. */
  readonly items: readonly { readonly id: string; readonly mask: string }[];
}

/** The labels in a file: cls_labels.npy, rows of 0 and 1, or a form of `parseLabels`. */
export async function fromFile(path: string, known: KnownOfSet): Promise<LabelTable> {
  if (/\.npy$/i.test(path)) return await fromNumpy(path);
  const text = await readText(path);
  const lines = linesOf(text).map((line) => line.trim()).filter((line) => line !== "");
  const flags = lines.length > 0 &&
    lines.every((line) => /^(-1|[01])(\.0*)?([\s,]+(-1|[01])(\.0*)?)*$/.test(line));
  return flags ? await fromFlags(path, lines) : parseLabels(path, text, known);
}

/** SSDD's NAME_labels.txt, rows of 0 and 1, with the ids in NAME_id.txt beside it. */
async function fromFlags(path: string, lines: readonly string[]): Promise<LabelTable> {
  const idsPath = path.replace(/_labels(\.\w+)?$/, "_id$1");
  if (idsPath === path) {
    const remedy = "Call it NAME_labels.txt and put the ids in NAME_id.txt in " + dirname(path);
    throw refused(path, "its rows of 0 and 1 name no images", remedy);
  }
  const ids = linesOf(await readText(idsPath)).map((id) => id.trim()).filter((id) => id);
  if (ids.length !== lines.length) {
    const reason = `it has ${lines.length} rows, but ${idsPath} has ${ids.length}`;
    throw refused(path, reason, "Give files that belong together");
  }
  return flagTable(path, ids.map((id, i) => [idOf(id), lines[i].split(/[\s,]+/).map(Number)]));
}

/** PSA's cls_labels.npy, a dictionary of flags by id. */
async function fromNumpy(path: string): Promise<LabelTable> {
  const file = await readNpy(path);
  const dictionary = file.kind === "objects" ? file.objects[0] : undefined;
  if (!(dictionary instanceof Map)) {
    const remedy = "Give the cls_labels.npy of PSA, or write lines of an id and class names";
    throw refused(path, "it holds no dictionary of flags by image", remedy);
  }
  return flagTable(
    path,
    [...dictionary].map(([key, flags]) => {
      // IRN keeps 2007_000032 as the number 2007000032.
      const id = typeof key === "number"
        ? String(key).replace(/^(\d{4})(\d{6})$/, "$1_$2")
        : typeof key === "string"
        ? idOf(key)
        : "";
      const entry = flags instanceof NumpyArray ? flags.entry : undefined;
      if (entry && entry.data.length > 254) throw tooMany(path, entry.data.length);
      return [id, entry ? [...float32(entry)] : []];
    }),
  );
}

function tooMany(source: string, flags: number): InputError {
  return refused(source, `it has ${flags} flags for an image`, "Give 254 at most");
}

/** Rows of flags, the first of which is class 1. */
function flagTable(source: string, all: readonly (readonly [string, number[]])[]): LabelTable {
  const flags = all[0]?.[1].length ?? 0;
  if (flags > 254) throw tooMany(source, flags);
  const rows = all.map(([id, row]) => {
    const odd = row.find((flag) => flag !== 0 && flag !== 1 && flag !== -1);
    if (odd !== undefined) {
      throw refused(source, `${id} has the flag ${odd}`, "Give 1 where it shows a class, else 0");
    }
    if (row.length === flags) return [id, row.flatMap((f, i) => f > 0 ? [i + 1] : [])] as const;
    const reason = `${id} has ${row.length} flags, but ${all[0][0]} has ${flags}`;
    throw refused(source, reason, "Give every image a flag for each class");
  });
  return { source, rows: new Map(rows), flags };
}

/**
 * A folder for each class, with files named like the photographs it is in; a folder that is called
 * background is of no class.
 */
export async function fromFolders(folder: string): Promise<LabelTable> {
  const { folders, leftOut } = await classFolders(folder);
  const rows = new Map<string, string[]>();
  for (const { name: own, content: { photographs } } of folders) {
    const files = new Map<string, string>();
    for (const name of photographs) {
      const id = idOf(name);
      const other = files.get(id);
      if (other !== undefined) throw alike(`${folder}/${own}`, [other, name]);
      files.set(id, name);
      for (const key of [id, idOf(`${own}/${name}`)]) {
        if (!rows.has(key)) rows.set(key, []);
        if (!isBackground(own)) rows.get(key)!.push(own);
      }
    }
  }
  const classes = folders.map(({ name }) => name).filter((name) => !isBackground(name));
  if (classes.length > 0) return { source: folder, rows, classes, leftOut };
  const remedy = "Make a folder for each class with its photographs, .jpg or .png";
  throw refused(folder, "it has no folders with photographs", remedy);
}

/**
 * The classes that begin the images' names: `cat_0012` shows a cat. Without a list of classes, the
 * class is what stands before the number.
 */
export function fromNames({ root, items }: LabelledSet, classes?: readonly string[]): LabelTable {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]/g, "_");
  const known = classes?.slice(1).toSorted((a, b) => b.length - a.length);
  const rows = items.map(({ id }) => {
    const name = id.slice(id.lastIndexOf("/") + 1);
    const found = known
      ? known.find((own) =>
        plain(name).startsWith(plain(own)) && !/^\p{L}/u.test(name.slice(own.length))
      )
      : /^(.*\p{L})\P{L}*$/u.exec(name)?.[1];
    if (found !== undefined) return [id, [found]] as const;
    const reason = `the name of ${id} does not begin with a class`;
    throw refused(root, reason, "Call it like cat_0012, or give a file of labels");
  });
  return { source: `the names of the photographs in ${root}`, rows: new Map(rows) };
}

/** VOC's XML, ID.xml in a folder, for some images; objects count, their parts do not. */
export async function fromXml(folder: string, ids: readonly string[]): Promise<LabelTable> {
  const rows = new Map<string, readonly string[]>();
  const files = new FolderIndex(folder, /\.xml$/i);
  const others = new Map<string, number>();
  for (const id of ids) {
    const path = await files.find(id) ?? join(folder, `${id}.xml`);
    const { names, unknown } = await readAnnotation(path);
    rows.set(id, names);
    for (const tag of unknown) others.set(tag, (others.get(tag) ?? 0) + 1);
  }
  const tags = Array.from(others, ([tag, count]) => `<${tag}> (${count})`);
  const leftOut = leftOutOf(`annotations in ${folder} of what is no <object>`, tags);
  return { source: folder, rows, leftOut };
}

/** The set's own masks. */
export async function fromMasks(
  { items }: LabelledSet,
  folder: string,
  classes: number,
): Promise<LabelTable> {
  const rows = new Map<string, number[]>();
  for (const { id, mask } of items) {
    const present = new Set((await readMask(mask, { classes })).data);
    rows.set(id, [...present].filter((index) => index !== 0 && index !== 255));
  }
  return { source: folder, rows };
}
