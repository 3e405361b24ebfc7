import { join } from "@std/path";
import { idOf, photographEnd } from "../data/sets/photograph_name.ts";
import { InputError } from "../files/error.ts";
import { alike, plainName } from "../files/folder_index.ts";
import { listFolder } from "../files/list_folder.ts";
import { leftOutOf } from "../files/listed.ts";

/** One photograph and its files. */
export interface Item {
  /** The photograph's name without extension; with its folder where it is in one. */
  readonly id: string;
  /** Path of the photograph. */
  readonly image: string;
  /** Path of its mask or of its scores. */
  readonly input: string;
  /** Path of the mask to be written. */
  readonly output: string;
}

/** The photographs with a mask or scores, and the others. */
export interface Items {
  /** In the order of their names. */
  readonly items: readonly Item[];
  /** What is left out; see `Voc.leftOut`. */
  readonly leftOut: readonly string[];
}

/** The folders that {@linkcode findItems} looks through. */
export interface Folders {
  /** Of the photographs. */
  readonly images: string;
  /** Of the masks; either these or scores. */
  readonly masks?: string;
  /** Of the score maps. */
  readonly scores?: string;
  /** Of the output. */
  readonly out: string;
}

/**
 * The photographs that have a mask or scores of the same name, also in folders of the same name. One
 * folder may hold photographs and masks: a photograph is then what is not the mask.
 *
 * @throws {InputError} when a folder is missing, two photographs or masks have the same name, nothing
 * fits, or the output would lie among photographs or masks.
 */
export async function findItems({ images, masks, scores, out }: Folders): Promise<Items> {
  if (!masks === !scores) {
    throw new InputError("Cannot apply the CRF: give either --masks or --scores, a folder.");
  }
  const [folder, end] = masks ? [masks, /\.png$/i] : [scores!, /\.npy$/i];
  for (const path of [images, folder]) {
    if (await listFolder(path)) continue;
    throw new InputError(`Cannot read the folder ${path}: there is none. Check its name.`);
  }
  for (const [path, what] of [[images, "photographs"], [masks, "masks"]]) {
    if (path === undefined || !await sameFolder(path, out)) continue;
    throw new InputError(`Cannot write to ${out}: the ${what} are there. Give another folder.`);
  }
  const found = await pairs(images, folder, end, { same: await sameFolder(images, folder), out });
  if (found.items.length === 0) {
    throw new InputError(
      `Cannot apply the CRF: no image of ${images} has a file ID${masks ? ".png" : ".npy"} in ` +
        `${folder}. Name them alike.`,
    );
  }
  const kind = masks ? "mask" : "score map";
  return {
    items: found.items.map((item) => ({ ...item, output: join(out, `${item.id}.png`) }))
      .sort((a, b) => a.id < b.id ? -1 : 1),
    leftOut: [
      ...leftOutOf(`photographs of ${images} without a ${kind}`, found.images),
      ...leftOutOf(`${kind}s of ${folder} without a photograph`, found.inputs),
    ],
  };
}

/** Photographs with their input, and the names of those of each that have no other. */
interface Pairs {
  readonly items: readonly Omit<Item, "output">[];
  readonly images: readonly string[];
  readonly inputs: readonly string[];
}

/** The pairs in two folders, and in folders of the same names in both. */
async function pairs(
  images: string,
  inputs: string,
  end: RegExp,
  { same, out, above = "" }: { same: boolean; out: string; above?: string },
): Promise<Pairs> {
  const [all, given] = [await listFolder(images) ?? [], await listFolder(inputs) ?? []];
  const known = byId(given, end, (name) => plainName(name.replace(end, "")));
  const photographs = byId(all, photographEnd, idOf);
  const found: Omit<Item, "output">[] = [];
  const alone: string[] = [];
  for (const [id, names] of photographs) {
    const own = known.get(id) ?? [];
    const others = names.filter((name) => !(same && own.includes(name)));
    if (own.length > 1) throw alike(inputs, own);
    if (own.length === 1 && others.length > 1) throw alike(images, others);
    if (own.length === 0) alone.push(above + names[0]);
    if (own.length === 0 || others.length === 0) continue;
    found.push({ id: above + id, image: join(images, others[0]), input: join(inputs, own[0]) });
    known.delete(id);
  }
  const rest = Array.from(known.values(), ([name]) => above + name);
  const folders = new Set(given.filter(isFolder).map(({ name }) => name));
  const inside: Pairs[] = [];
  for (const { name } of all.filter((entry) => isFolder(entry) && folders.has(entry.name))) {
    if (await sameFolder(join(images, name), out)) continue;
    const options = { same, out, above: `${above}${name}/` };
    inside.push(await pairs(join(images, name), join(inputs, name), end, options));
  }
  return {
    items: [found, ...inside.map(({ items }) => items)].flat(),
    images: [alone, ...inside.map(({ images }) => images)].flat(),
    inputs: [rest, ...inside.map(({ inputs }) => inputs)].flat(),
  };
}

/** Links may lead to folders, those of photographs and masks do not. */
function isFolder({ name, isFile, isDirectory }: Deno.DirEntry): boolean {
  return !isFile && !name.startsWith(".") && (isDirectory || !photographEnd.test(name));
}

/** The names of files that end so, by id. */
function byId(
  entries: readonly Deno.DirEntry[],
  end: RegExp,
  id: (name: string) => string,
): Map<string, string[]> {
  const names = entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  return Map.groupBy(names.filter((name) => end.test(name) && !name.startsWith(".")), id);
}

async function sameFolder(a: string, b: string): Promise<boolean> {
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  const [first, second] = [await real(a), await real(b)];
  return first !== undefined && first === second;
}
