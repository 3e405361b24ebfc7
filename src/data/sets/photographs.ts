import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";
import type { ListLine } from "./list.ts";

/** The photographs of a set, wherever they lie. */
export interface PhotographFolder {
  /** The path of their folder. */
  readonly path: string;
  /** Their names; with a folder, `cat/1.jpg`, where each class has one. */
  readonly names: ReadonlySet<string>;
}

const extensions = [".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"];
/** Folders of a set that are no class of photographs. */
const others = /^(\.|SegmentationClass|SegmentationObject|ImageSets|Annotations|cam|masks|runs)/i;

/**
 * The photographs of a set: those in its JPEGImages; without such a folder those in the set's
 * folder itself, or else in a folder for each class. With `folder`, those in that one.
 * Throws InputError that names the folder and what was expected in it.
 */
export async function findPhotographs(root: string, folder?: string): Promise<PhotographFolder> {
  const own = await fileNames(folder ?? join(root, "JPEGImages"));
  if (own) return { path: folder ?? join(root, "JPEGImages"), names: own };
  const here = folder === undefined ? await fileNames(root) : undefined;
  if (here && [...here].some(isPhotograph)) return { path: root, names: here };
  const names = here ? await namesByClass(root) : undefined;
  if (names && names.size > 0) return { path: root, names };
  const [place, reason] = here || folder !== undefined && await fileNames(root)
    ? [folder ?? join(root, "JPEGImages"), "the set lacks this folder"]
    : [root, "no such folder"];
  throw new InputError(
    `Cannot open the set ${place}: ${reason}. A set has JPEGImages with photographs, ` +
      "SegmentationClass with masks and ImageSets/Segmentation with lists.",
  );
}

/** Whether a file's name is that of a photograph, which a name with a leading dot is not. */
export function isPhotograph(name: string): boolean {
  return !name.startsWith(".") && extensions.some((end) => name.endsWith(end));
}

/** The folders of a set that hold photographs of one class each, in alphabetical order. */
export async function classFolders(root: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for await (const { name, isFile } of Deno.readDir(root)) {
    if (isFile || others.test(name)) continue;
    if ([...await fileNames(join(root, name)) ?? []].some(isPhotograph)) folders.push(name);
  }
  return folders.sort();
}

/** A line for each photograph, by name. Throws InputError when two have the same name, or none is there. */
export function allLines({ path, names }: PhotographFolder): readonly ListLine[] {
  const ids = new Map<string, string>();
  for (const name of [...names].filter(isPhotograph).sort()) {
    const id = name.slice(0, name.lastIndexOf("."));
    const other = ids.get(id);
    if (other !== undefined) {
      throw new InputError(
        `Cannot use the images of ${path}: ${other} and ${name} have the same name. Rename one.`,
      );
    }
    ids.set(id, name);
  }
  if (ids.size === 0) {
    throw new InputError(`Cannot use ${path}: it has no images. Put .jpg or .png files there.`);
  }
  return [...ids.keys()].map((id) => ({ id }));
}

/** The path of the photograph of a line, if it is there. */
export async function photographOf(
  root: string,
  { path: folder, names }: PhotographFolder,
  { id, image }: ListLine,
): Promise<string | undefined> {
  if (image !== undefined && await isFile(join(root, image))) return join(root, image);
  for (const extension of extensions) {
    const path = join(folder, id + extension);
    if (names.has(id + extension) || id.includes("/") && await isFile(path)) return path;
  }
  return undefined;
}

async function namesByClass(root: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const folder of await classFolders(root)) {
    for (const name of await fileNames(join(root, folder)) ?? []) names.add(`${folder}/${name}`);
  }
  return names;
}

/** The names of a folder's files; undefined when there is no such folder. */
async function fileNames(folder: string): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name));
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw error;
  }
}
