import { basename, join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { findInput } from "../../files/find_input.ts";
import { alike } from "../../files/folder_index.ts";
import { isFile } from "../../files/is_file.ts";
import { isFolder } from "../../files/is_folder.ts";
import { listFolder } from "../../files/list_folder.ts";
import { leftOutOf, listed } from "../../files/listed.ts";
import type { LabelledSet } from "./label_sources.ts";

/** A set before its classes are known. */
export interface Photographs extends LabelledSet {
  /** The path of the folder of photographs. */
  readonly images: string;
  /** The path of the folder of masks. */
  readonly masks: string;
}

/** What kind of source labels come from, and where it is. */
export type LabelSource =
  | { readonly kind: "masks" | "names"; readonly leftOut?: readonly string[] }
  | {
    readonly kind: "file" | "folders" | "xml";
    readonly path: string;
    /** See `Voc.leftOut`. */
    readonly leftOut?: readonly string[];
  };

const files = ["image_labels", "labels"].flatMap((name) =>
  [".txt", ".csv", ".tsv", ".jsonl", ".json"].map((end) => name + end)
);

/**
 * Where the labels of a set are: what `from` says, or the first that is there; see `readLabels`.
 * Throws InputError when there is nothing of what was asked for, or nothing at all.
 */
export async function findLabels(set: Photographs, from?: string): Promise<LabelSource> {
  if (from === undefined) return await findDefault(set);
  if (from === "masks" || from === "names") return { kind: from };
  if (from === "folders") return { kind: "folders", path: set.images };
  const remedy = "Give a file or a folder, or one of folders, names and masks.";
  const found = await findInput({ what: "image labels", path: from, root: set.root, remedy });
  if (await isFile(found.path)) return { kind: "file", ...found };
  return { kind: await hasXml(found.path) ? "xml" : "folders", ...found };
}

/** The path of the file, or of the folder of XML files, that labels the photographs of a data folder. */
export async function labelFileIn(root: string): Promise<string | undefined> {
  return (await labelFilesIn(root))[0];
}

/** The same, with all that would do without it. */
async function labelFilesIn(root: string): Promise<readonly string[]> {
  // Names may be written in any case.
  const found = Map.groupBy(
    (await listFolder(root) ?? []).map(({ name }) => name),
    (name) => name.toLowerCase(),
  );
  const all = [...files, "cls_labels.npy", "annotations"].map((name) => found.get(name) ?? []);
  const [first = []] = all.filter(({ length }) => length > 0);
  if (first.length > 1) throw alike(root, first);
  return all.flat().map((name) => join(root, name));
}

async function findDefault({ root, images, masks, items }: Photographs): Promise<LabelSource> {
  const [path, ...others] = await labelFilesIn(root);
  const isXml = (path: string) => basename(path).toLowerCase() === "annotations";
  if (path !== undefined) {
    // VOC's own Annotations are beside what is made of them.
    const leftOut = others.filter((other) => !isXml(other))
      .map((other) => `the image labels ${other}, because ${path} is there`);
    return { kind: isXml(path) ? "xml" : "file", path, leftOut };
  }
  const { tables, books } = await tablesIn(root);
  const leftOut = leftOutOf(`tables of ${root} that are not read`, [...tables, ...books]);
  if (images === root && items.every(({ id }) => id.includes("/"))) {
    return { kind: "folders", path: root, leftOut };
  }
  if (await isFile(masks) || await isFolder(masks)) return { kind: "masks", leftOut };
  throw new InputError(
    `Cannot find the image labels of ${root}: there is neither image_labels.txt (.csv, .jsonl, ` +
      `.json) nor cls_labels.npy, Annotations or ${masks}. ${remedyOf(tables, books)}.`,
  );
}

/** Tables that may hold labels, and workbooks that must be saved as such first. */
async function tablesIn(root: string): Promise<{ tables: string[]; books: string[] }> {
  const names = (await listFolder(root) ?? []).map(({ name }) => name)
    .filter((name) => !/^[.~]/.test(name)); // Excel keeps ~$labels.xlsx while the file is open
  return {
    tables: names.filter((name) => /\.(csv|tsv)$/i.test(name)),
    books: names.filter((name) => /\.(xls[xmb]?|ods|numbers)$/i.test(name)),
  };
}

/** What to do where no file is called as labels are, but one may hold them. */
function remedyOf(tables: readonly string[], books: readonly string[]): string {
  if (tables.length > 0) {
    return `${listed(tables)} ${are(tables)} there: give --labels ${tables[0]} if it holds them`;
  }
  if (books.length > 0) {
    return `${listed(books)} ${are(books)} there: save it as labels.csv (in Excel: "CSV UTF-8")`;
  }
  return 'Write a line "photograph class class" for each photograph to image_labels.txt, or give ' +
    "--labels";
}

function are({ length }: readonly string[]): string {
  return length === 1 ? "is" : "are";
}

async function hasXml(folder: string): Promise<boolean> {
  return (await listFolder(folder) ?? []).some(({ name }) => /\.xml$/i.test(name));
}
