import { isAbsolute, join, normalize } from "@std/path";
import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";
import { isFolder } from "./is_folder.ts";

/** What an option names. */
export interface Input {
  /** What it is for, for the message: "masks". */
  readonly what: string;
  /** Its path, as it was given. */
  readonly path: string;
  /** The data folder. */
  readonly root: string;
  /** What it must be; either by default. */
  readonly kind?: "file" | "folder";
  /** What to do when it is not there. */
  readonly remedy: string;
}

/**
 * The path of a file or folder that an option names: as it was given, absolute or relative to the
 * working folder, or else inside the data folder. This is the one order for all such options.
 *
 * @throws {InputError} when neither is there, naming both.
 */
export async function findInput({ what, path, root, kind, remedy }: Input): Promise<string> {
  const places = inputPlaces(path, root);
  for (const place of places) {
    if (kind !== "folder" && await isFile(place)) return place;
    if (kind !== "file" && await isFolder(place)) return place;
  }
  const [given, inside] = places;
  const reason = inside === undefined
    ? (kind === undefined ? "nothing is there" : `it is no ${kind}`)
    : `neither ${given} nor ${inside} is ${kind === undefined ? "there" : `a ${kind}`}`;
  throw new InputError(`Cannot find the ${what} ${path}: ${reason}. ${remedy}`);
}

/** Where {@linkcode findInput} looks, in its order. */
export function inputPlaces(path: string, root: string): readonly string[] {
  const inside = join(root, path);
  return isAbsolute(path) || normalize(path) === inside ? [path] : [path, inside];
}
