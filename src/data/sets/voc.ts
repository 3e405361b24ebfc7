import { basename, isAbsolute, join } from "@std/path";
import { checksum } from "../../files/checksum.ts";
import { classNames, readClassList, vocClasses } from "../labels/classes.ts";
import { InputError } from "../../files/error.ts";
import { findInput, type FoundInput, inputPlaces, lookForInput } from "../../files/find_input.ts";
import { FolderIndex } from "../../files/folder_index.ts";
import { isFile } from "../../files/is_file.ts";
import { isFolder } from "../../files/is_folder.ts";
import { listFolder } from "../../files/list_folder.ts";
import { requireFiles } from "../../files/require_files.ts";
import type { Photographs } from "../labels/find_labels.ts";
import { labelledClasses } from "../labels/labels.ts";
import { type ListLine, readList } from "./list.ts";
import { allLines, findPhotographs, photographFinder } from "./photographs.ts";

/** Which part of a set to use. */
export interface VocOptions {
  /**
   * A name under ImageSets/Segmentation, such as "train", or the path of a list, as `findInput`
   * finds it; without it, or
   * with "all" where no list has that name, all images of the folder, by name. A set without any
   * lists takes "train" for all, too.
   */
  readonly list?: string;
  /** The folder of the images in the set; default "JPEGImages", else see `openVoc`. */
  readonly images?: string;
  /** The folder of the masks; default what the list says, else "SegmentationClass" in the set. */
  readonly masks?: string;
  /**
   * Class names, or the path of a list of them, in the set or anywhere; default classes.txt of the
   * set, else the names in its image labels, else VOC's.
   */
  readonly classes?: readonly string[] | string;
  /** Where the image labels are; see `readLabels`. */
  readonly labels?: string;
}

/** One image of a set. */
export interface VocItem {
  /** Its name without folder and extension. */
  readonly id: string;
  /** The path of the image; it exists. */
  readonly image: string;
  /** The path of its mask; it may not exist. */
  readonly mask: string;
}

/** A set of images in the layout of PASCAL VOC. */
export interface Voc {
  /** The set's folder. */
  readonly root: string;
  /** What to call the list: "train", "all". */
  readonly listName: string;
  /** Whether it is one of the set's own, which divide its photographs: `ImageSets` holds it. */
  readonly listIsOwn: boolean;
  /** SHA-256 of the ids in their order, one a line, in hexadecimal. */
  readonly listChecksum: string;
  /** The path of the folder of photographs. */
  readonly images: string;
  /** The path of the folder of masks. */
  readonly masks: string;
  /** Where the image labels are, as far as that was said. */
  readonly labels?: string;
  /** Class names, the background first. */
  readonly classes: readonly string[];
  /** Where the class names are from: a file, the image labels, or PASCAL VOC. */
  readonly source: string;
  /** The images in the order of the list. */
  readonly items: readonly VocItem[];
  /**
   * What else might have been meant and is not used, each to go on behind "Left out: ", such as
   * "folders of DIR without photographs: notes".
   */
  readonly leftOut: readonly string[];
}

/**
 * Opens a set in the layout of VOC: JPEGImages/ID.jpg (or .jpeg, .png), SegmentationClass/ID.png,
 * ImageSets/Segmentation/LIST.txt. Only the images of the list must exist. Without JPEGImages the
 * photographs may lie in the set's folder itself, or in a folder for each class (`cat/1.jpg`, whose
 * id is "cat/1").
 * Throws InputError that names the folder or file and what was expected in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { join } from "@std/path";
 * import { openVoc, writeImage } from "@henka/henka/data";
 *
 * const root = await Deno.makeTempDir();
 * await Deno.mkdir(join(root, "JPEGImages"));
 * const image = { width: 1, height: 1, data: new Uint8Array(3) };
 * await writeImage(join(root, "JPEGImages", "a.png"), image);
 * await Deno.writeTextFile(join(root, "classes.txt"), "cat\ndog\n");
 * const { classes, items } = await openVoc(root);
 * assertEquals([classes, items.map(({ id }) => id)], [["background", "cat", "dog"], ["a"]]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function openVoc(root: string, options: VocOptions = {}): Promise<Voc> {
  const { images: folder } = options;
  const photographs = await findPhotographs(root, folder && inside(root, folder));
  const images = photographs.path;
  const list = await findList(root, options.list);
  const listPath = list?.path;
  const lines = listPath === undefined ? allLines(photographs) : await readList(listPath);
  const truth = await findTruth(root, lines[0], options.masks);
  const masks = truth.path;
  const missing: string[] = [];
  const items: VocItem[] = [];
  const photographOf = photographFinder(root, images);
  const masksOf = new FolderIndex(masks, /\.png$/i);
  for (const line of lines) {
    const image = await photographOf(line);
    if (image === undefined) missing.push(line.id);
    else items.push({ id: line.id, image, mask: await maskOf(root, masksOf, line, options) });
  }
  if (missing.length > 0) {
    throw new InputError(
      `Cannot use the list ${listPath}: ${missing.length} of ${lines.length} images are not in ` +
        `${images}, such as ${missing[0]} (.jpg, .png, .webp or .tif). ` +
        "Copy them there, or take them out of the list.",
    );
  }
  const named = await findClasses({ root, images, masks, items }, options);
  return {
    root,
    listName: listPath === undefined ? "all" : basename(listPath).replace(/\.txt$/, ""),
    listIsOwn: listPath?.split(/[\\/]/).includes("ImageSets") ?? false,
    listChecksum: await checksum(items.map(({ id }) => id).join("\n")),
    images,
    masks,
    labels: options.labels,
    classes: named.classes,
    source: named.source,
    items,
    leftOut: [
      ...listPath === undefined ? photographs.leftOut : [],
      ...[list, truth, named].flatMap((found) => found?.leftOut ?? []),
    ],
  };
}

/**
 * Checks that every image of the set has a mask, before work begins that needs them.
 * Throws InputError that names the folder, how many are missing and one of them.
 */
export async function requireMasks({ items, masks }: Voc): Promise<void> {
  const remedy = await isFolder(masks) ? undefined : "Give --truth, the folder of the masks.";
  await requireFiles(`the masks ${masks}`, items.map(({ mask }) => mask), remedy);
}

/** Where a list is; undefined for all images. */
async function findList(root: string, list?: string): Promise<FoundInput | undefined> {
  if (list === undefined) return undefined;
  const folder = join(root, "ImageSets", "Segmentation");
  const named = join(folder, list.endsWith(".txt") ? list : `${list}.txt`);
  if (!isAbsolute(list) && await isFile(named)) return { path: named, leftOut: [] };
  const found = await lookForInput({ what: "list", path: list, root, kind: "file" });
  if (found !== undefined) return found;
  const known = await listFolder(folder);
  if (list === "all" || known === undefined && list === "train") return undefined;
  const lists = (known ?? []).map(({ name }) => name.replace(/\.txt$/, "")).sort();
  throw new InputError(
    `Cannot find the list ${list}: there is none of ` +
      `${[named, ...inputPlaces(list, root)].join(", ")}. ` +
      (lists.length > 0
        ? `The set has ${lists.join(", ")}.`
        : "Write one image name a line, or give --list all for every photograph."),
  );
}

/** A folder that was asked for comes before the one in the list. */
async function maskOf(
  root: string,
  masks: FolderIndex,
  { id, mask }: ListLine,
  options: VocOptions,
): Promise<string> {
  if (mask !== undefined && options.masks === undefined) return join(root, mask);
  return await masks.find(id) ?? join(masks.path, `${id}.png`);
}

/** The classes of a set, and where they are from. */
async function findClasses(
  set: Photographs,
  { classes, labels }: VocOptions,
): Promise<Pick<Voc, "classes" | "source" | "leftOut">> {
  if (classes !== undefined && typeof classes !== "string") {
    const source = classes === vocClasses ? "PASCAL VOC" : "the configuration";
    return { classes: classNames(classes, source), source, leftOut: [] };
  }
  const remedy = "Give a file of class names, one a line.";
  const own = classes !== undefined
    ? await findInput({ what: "classes", path: classes, root: set.root, kind: "file", remedy })
    : { path: await new FolderIndex(set.root, /\.txt$/i).find("classes"), leftOut: [] };
  if (own.path !== undefined) {
    const { names, leftOut } = await readClassList(own.path);
    return { classes: names, source: own.path, leftOut: [...own.leftOut, ...leftOut] };
  }
  const labelled = await labelledClasses(set, labels);
  if (!labelled) return { classes: vocClasses, source: "PASCAL VOC", leftOut: [] };
  const { names, source } = labelled;
  return { classes: classNames(names, source), source, leftOut: [] };
}

/** The folder of the true masks, which need not be there: only what reads them asks for that. */
async function findTruth(root: string, { mask }: ListLine, masks?: string): Promise<FoundInput> {
  const own = { path: inside(root, masks ?? folderOf(mask) ?? "SegmentationClass"), leftOut: [] };
  if (masks === undefined) return own;
  return await lookForInput({ what: "true masks", path: masks, root, kind: "folder" }) ?? own;
}

function folderOf(path: string | undefined): string | undefined {
  return path?.includes("/") ? path.slice(0, path.lastIndexOf("/")) : undefined;
}

function inside(root: string, folder: string): string {
  return isAbsolute(folder) ? folder : join(root, folder);
}
