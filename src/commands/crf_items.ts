import { join } from "@std/path";
import { InputError } from "../files/error.ts";

/** One photograph and its files. */
export interface Item {
  /** The photograph's name without extension. */
  readonly id: string;
  /** Path of the photograph. */
  readonly image: string;
  /** Path of its mask or of its scores. */
  readonly input: string;
  /** Path of the mask to be written. */
  readonly output: string;
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
 * The photographs that have a mask or scores of the same name, in the order of their names.
 *
 * @throws {InputError} when a folder is missing or nothing fits.
 */
export async function findItems({ images, masks, scores, out }: Folders): Promise<Item[]> {
  if (!masks === !scores) {
    throw new InputError("Cannot apply the CRF: give either --masks or --scores, a folder.");
  }
  const [folder, extension] = masks ? [masks, ".png"] : [scores!, ".npy"];
  const inputs = await names(folder);
  const items: Item[] = [];
  for (const name of await names(images)) {
    const id = /^(.+)\.(jpe?g|png)$/i.exec(name)?.[1];
    if (!id || name.startsWith(".") || !inputs.has(id + extension)) continue;
    items.push({
      id,
      image: join(images, name),
      input: join(folder, id + extension),
      output: join(out, `${id}.png`),
    });
  }
  if (items.length === 0) {
    throw new InputError(
      `Cannot apply the CRF: no image of ${images} has a file ID${extension} in ${folder}. ` +
        "Name them alike.",
    );
  }
  if (masks && await sameFolder(masks, out)) {
    throw new InputError(`Cannot write to ${out}: the masks are there. Give another folder.`);
  }
  return items.sort((a, b) => a.id < b.id ? -1 : 1);
}

async function names(folder: string): Promise<Set<string>> {
  try {
    return new Set((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name));
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof NotADirectory)) throw error;
    throw new InputError(`Cannot read the folder ${folder}: there is none. Check its name.`);
  }
}

async function sameFolder(a: string, b: string): Promise<boolean> {
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  return await real(a) === await real(b);
}
