import { basename, isAbsolute, join } from "@std/path";
import { checksum } from "./checksum.ts";
import { classNames, readClasses, vocClasses } from "./classes.ts";
import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";
import { type ListLine, readList } from "./list.ts";

/** Which part of a set to use. */
export interface VocOptions {
  /**
   * A name under ImageSets/Segmentation, such as "train", or the path of a list; without it all
   * images of the folder, by name.
   */
  readonly list?: string;
  /** The folder of the images in the set; default "JPEGImages". */
  readonly images?: string;
  /** The folder of the masks in the set; default what the list says, else "SegmentationClass". */
  readonly masks?: string;
  /** Class names, or the path of a list of them; default classes.txt of the set, else VOC's. */
  readonly classes?: readonly string[] | string;
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
  /** SHA-256 of the ids in their order, one a line, in hexadecimal. */
  readonly listChecksum: string;
  /** The path of the folder of masks. */
  readonly masks: string;
  /** Class names, the background first. */
  readonly classes: readonly string[];
  /** The images in the order of the list. */
  readonly items: readonly VocItem[];
}

/**
 * Opens a set in the layout of VOC: JPEGImages/ID.jpg (or .jpeg, .png), SegmentationClass/ID.png,
 * ImageSets/Segmentation/LIST.txt. Only the images of the list must exist.
 * Throws InputError that names the folder or file and what was expected in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { join } from "@std/path";
 * import { openVoc, writeImage } from "@henka/henka";
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
  const { images: folder = "JPEGImages" } = options;
  const images = inside(root, folder);
  const names = await fileNames(root, images);
  const listPath = options.list === undefined ? undefined : await findList(root, options.list);
  const lines = listPath === undefined ? allLines(names, images) : await readList(listPath);
  const masks = inside(root, options.masks ?? folderOf(lines[0].mask) ?? "SegmentationClass");
  const missing: string[] = [];
  const items: VocItem[] = [];
  for (const line of lines) {
    const image = await findImage(root, images, names, line);
    if (image === undefined) missing.push(line.id);
    else items.push({ id: line.id, image, mask: maskOf(root, masks, line, options) });
  }
  if (missing.length > 0) {
    throw new InputError(
      `Cannot use the list ${listPath}: ${missing.length} of ${lines.length} images are not in ` +
        `${images}, such as ${missing[0]} (.jpg, .jpeg or .png). ` +
        "Copy them there, or take them out of the list.",
    );
  }
  return {
    root,
    listName: listPath === undefined ? "all" : basename(listPath).replace(/\.txt$/, ""),
    listChecksum: await checksum(items.map(({ id }) => id).join("\n")),
    masks,
    classes: await findClasses(root, options.classes),
    items,
  };
}

/**
 * Checks that every image of the set has a mask, before work begins that needs them.
 * Throws InputError that names the folder, how many are missing and one of them.
 */
export async function requireMasks({ items, masks }: Voc): Promise<void> {
  const missing: string[] = [];
  for (const { mask } of items) if (!await isFile(mask)) missing.push(mask);
  if (missing.length === 0) return;
  const remedy = missing.length === items.length
    ? "Give the folder of the masks."
    : "Add them, or take the images out of the list.";
  throw new InputError(
    `Cannot use the masks ${masks}: ${missing.length} of ${items.length} are missing, such as ` +
      `${missing[0]}. ${remedy}`,
  );
}

const extensions = [".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"];

/** The files of the folder of images. */
async function fileNames(root: string, images: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(images)) names.add(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    const [place, reason] = await isFolder(root)
      ? [images, "the set lacks this folder"]
      : [root, "no such folder"];
    throw new InputError(
      `Cannot open the set ${place}: ${reason}. A set has JPEGImages with photographs, ` +
        "SegmentationClass with masks and ImageSets/Segmentation with lists.",
      { cause: error },
    );
  }
  return names;
}

function allLines(names: ReadonlySet<string>, images: string): readonly ListLine[] {
  const ids = new Map<string, string>();
  for (const name of [...names].sort()) {
    const extension = extensions.find((end) => name.endsWith(end));
    if (extension === undefined || name.startsWith(".")) continue;
    const id = name.slice(0, -extension.length);
    const other = ids.get(id);
    if (other !== undefined) {
      throw new InputError(
        `Cannot use the images of ${images}: ${other} and ${name} have the same name. Rename one.`,
      );
    }
    ids.set(id, name);
  }
  if (ids.size === 0) {
    throw new InputError(`Cannot use ${images}: it has no images. Put .jpg or .png files there.`);
  }
  return [...ids.keys()].map((id) => ({ id }));
}

async function findList(root: string, list: string): Promise<string> {
  const named = join(
    root,
    "ImageSets",
    "Segmentation",
    list.endsWith(".txt") ? list : `${list}.txt`,
  );
  for (const path of isAbsolute(list) ? [list] : [named, list]) if (await isFile(path)) return path;
  const known = await Array.fromAsync(Deno.readDir(join(root, "ImageSets", "Segmentation")))
    .catch(() => []);
  const lists = known.map(({ name }) => name.replace(/\.txt$/, "")).sort();
  throw new InputError(
    `Cannot find the list ${list}: there is neither ${named} nor ${list}. ` +
      (lists.length > 0 ? `The set has ${lists.join(", ")}.` : "Write one image name a line."),
  );
}

async function findImage(
  root: string,
  images: string,
  names: ReadonlySet<string>,
  { id, image }: ListLine,
): Promise<string | undefined> {
  if (image !== undefined && await isFile(join(root, image))) return join(root, image);
  for (const extension of extensions) {
    const path = join(images, id + extension);
    if (names.has(id + extension) || id.includes("/") && await isFile(path)) return path;
  }
  return undefined;
}

/** A folder that was asked for comes before the one in the list. */
function maskOf(root: string, masks: string, { id, mask }: ListLine, options: VocOptions): string {
  if (mask !== undefined && options.masks === undefined) return join(root, mask);
  return join(masks, `${id}.png`);
}

async function findClasses(
  root: string,
  classes: VocOptions["classes"],
): Promise<readonly string[]> {
  if (typeof classes === "string") return await readClasses(classes);
  if (classes !== undefined) return classNames(classes, "the configuration");
  const path = join(root, "classes.txt");
  return await isFile(path) ? await readClasses(path) : vocClasses;
}

function folderOf(path: string | undefined): string | undefined {
  return path?.includes("/") ? path.slice(0, path.lastIndexOf("/")) : undefined;
}

function inside(root: string, folder: string): string {
  return isAbsolute(folder) ? folder : join(root, folder);
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
