import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { alike, FolderIndex } from "../../files/folder_index.ts";
import { isFile } from "../../files/is_file.ts";
import { listFolder } from "../../files/list_folder.ts";
import { leftOutOf, listed } from "../../files/listed.ts";
import type { ListLine } from "./list.ts";
import { idOf, photographEnd } from "./photograph_name.ts";

/** The photographs of a set, wherever they lie. */
export interface PhotographFolder {
  /** The path of their folder. */
  readonly path: string;
  /** Their names; with a folder, `cat/1.jpg`, where each class has one. */
  readonly names: readonly string[];
  /** What else might have been meant and is no photograph of the set; see `Voc.leftOut`. */
  readonly leftOut: readonly string[];
}

/** How other pictures end, which are not read. */
const otherEnd =
  /\.(gif|bmp|hei[cf]|avif|jp2|j2k|jpf|jpx|jxl|mpo|svg|p[bgpn]m|tga|psd|ico|exr|hdr|dng|cr[23]|nef|arw)$/i;
/** Folders of a set in VOC's layout, which are no classes. */
const voc = /^(JPEGImages|SegmentationClass\w*|SegmentationObject\w*|ImageSets|Annotations)$/i;
/** Folders that commands write: where all is PNG they are no classes either. */
const written = /^(cam|masks|runs)$/;

/**
 * The photographs of a set: those in its JPEGImages; without such a folder those in the set's
 * folder itself, or else in a folder for each class. With `folder`, those in that one.
 * Throws InputError that names the folder and what was expected in it.
 */
export async function findPhotographs(root: string, folder?: string): Promise<PhotographFolder> {
  const place = folder ?? join(root, "JPEGImages");
  const inside = await read(place);
  if (inside) return alone(place, inside, await classFolders(place));
  const here = folder === undefined ? await read(root) : undefined;
  if (here) {
    const classes = await classFolders(root);
    if (here.photographs.length > 0) return alone(root, here, classes);
    const names = classes.folders.flatMap(({ name, content: { photographs } }) =>
      photographs.map((photograph) => `${name}/${photograph}`)
    );
    if (names.length > 0) return { path: root, names, leftOut: classes.leftOut };
  }
  const [at, reason] = here || folder !== undefined && await read(root)
    ? [place, "the set lacks this folder"]
    : [root, "no such folder"];
  throw new InputError(
    `Cannot open the set ${at}: ${reason}. A set has JPEGImages with photographs, ` +
      "SegmentationClass with masks and ImageSets/Segmentation with lists.",
  );
}

/** The folders of a set that hold photographs of one class each, in alphabetical order. */
export interface ClassFolders {
  /** Their names, and what is in them. */
  readonly folders: readonly { readonly name: string; readonly content: Content }[];
  /** Which folders and pictures are left out. */
  readonly leftOut: readonly string[];
}

/** Finds the {@linkcode ClassFolders} of a set. */
export async function classFolders(root: string): Promise<ClassFolders> {
  const folders: { name: string; content: Content }[] = [];
  const [closed, reserved, empty]: string[][] = [[], [], []];
  const others: string[] = [];
  for (const { name, isFile, isDirectory } of await listFolder(root) ?? []) {
    const link = !isDirectory && (photographEnd.test(name) || otherEnd.test(name));
    if (isFile || link || name.startsWith(".") || voc.test(name)) continue;
    const content = await read(join(root, name)).catch((error) => {
      if (error instanceof InputError) return "closed" as const; // such as lost+found
      throw error;
    });
    if (content === undefined) continue; // a link to a file
    if (content === "closed") closed.push(name);
    else {
      others.push(...content.others.map((other) => `${name}/${other}`));
      const photographs = content.photographs.length > 0;
      const masks = content.photographs.every((one) => /\.png$/i.test(one));
      if (photographs && !(written.test(name) && masks)) folders.push({ name, content });
      else if (photographs) reserved.push(name);
      else if (!written.test(name)) empty.push(name);
    }
  }
  const leftOut = [
    ...leftOutOf(`folders of ${root} that may not be read`, closed),
    ...leftOutOf(`folders of ${root} that commands write`, reserved),
    ...leftOutOf(`folders of ${root} without photographs`, empty),
    ...otherPictures(root, others),
  ];
  return { folders, leftOut };
}

/** How masks are called that lie beside their photographs: cat_mask.png. */
const maskEnd = /[ _-]?(masks?|gt|ground[ _-]?truth|seg(mentation)?|labels?)([ _-]?\d+)?$/i;

/**
 * A line for each photograph, by name.
 * Throws InputError when two have the same name, some are masks of others, or none is there.
 */
export function allLines({ path, names }: PhotographFolder): readonly ListLine[] {
  const ids = new Map<string, string>();
  for (const name of names) {
    const id = idOf(name);
    const other = ids.get(id);
    if (other !== undefined) throw alike(path, [other, name]);
    ids.set(id, name);
  }
  for (const [id, name] of ids) {
    const other = maskEnd.test(id) ? ids.get(id.replace(maskEnd, "")) : undefined;
    if (other === undefined) continue;
    throw new InputError(
      `Cannot use the images of ${path}: ${name} looks like a mask of ${other}. Move the masks to a ` +
        "folder of their own.",
    );
  }
  if (ids.size === 0) {
    throw new InputError(`Cannot use ${path}: it has no images. Put .jpg or .png files there.`);
  }
  return [...ids.keys()].map((id) => ({ id }));
}

/**
 * Finds the photograph of a line, if it is there: the file that it names, or the one of its id.
 * Throws InputError naming both when two have the same name and the line does not say which.
 */
export function photographFinder(
  root: string,
  folder: string,
): (line: ListLine) => Promise<string | undefined> {
  const index = new FolderIndex(folder, photographEnd);
  return async ({ id, image, file }) => {
    for (const path of [image && join(root, image), file && join(folder, file)]) {
      if (path && await isFile(path)) return path;
    }
    return await index.find(id);
  };
}

/** The pictures of a folder by name, those that are read and others. */
interface Content {
  readonly photographs: readonly string[];
  readonly others: readonly string[];
}

async function read(folder: string): Promise<Content | undefined> {
  const entries = await listFolder(folder);
  const names = entries?.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name)
    .filter((name) => !name.startsWith("."));
  return names && {
    photographs: names.filter((name) => photographEnd.test(name)),
    others: names.filter((name) => otherEnd.test(name)),
  };
}

/** The photographs of one folder, where folders inside of it are left out. */
function alone(
  path: string,
  { photographs, others }: Content,
  { folders }: ClassFolders,
): PhotographFolder {
  return {
    path,
    names: photographs,
    leftOut: [
      ...otherPictures(path, others),
      ...leftOutOf(
        `photographs in folders of ${path}, which a --list may name`,
        folders.map(({ name, content }) => `${name} (${content.photographs.length})`),
      ),
    ],
  };
}

/** Which pictures of a folder are of a kind that is not read. */
function otherPictures(folder: string, names: readonly string[]): string[] {
  const kinds = Map.groupBy(names, (name) => otherEnd.exec(name)![0].toLowerCase());
  const counts = Array.from(kinds, ([end, { length }]) => `${length} ${end}`);
  return leftOutOf(`pictures of ${folder} in formats that are not read, ${listed(counts)}`, names);
}
