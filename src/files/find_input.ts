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

/** Where an input is. */
export interface FoundInput {
  /** Its path. */
  readonly path: string;
  /** What might have been meant as well, to go on behind "Left out: ". */
  readonly leftOut: readonly string[];
}

/**
 * The file or folder that an option names: as it was given, absolute or relative to the working
 * folder, or else inside the data folder. This is the one order for all such options.
 *
 * @throws {InputError} when neither is there, naming both.
 */
export async function findInput(input: Input): Promise<FoundInput> {
  const found = await lookForInput(input);
  if (found !== undefined) return found;
  const { what, path, root, kind, remedy } = input;
  const [given, inside] = inputPlaces(path, root);
  const reason = inside === undefined
    ? (kind === undefined ? "nothing is there" : `it is no ${kind}`)
    : `neither ${given} nor ${inside} is ${kind === undefined ? "there" : `a ${kind}`}`;
  throw new InputError(`Cannot find the ${what} ${path}: ${reason}. ${remedy}`);
}

/** The same; nothing when neither is there. */
export async function lookForInput(
  { what, path, root, kind }: Omit<Input, "remedy">,
): Promise<FoundInput | undefined> {
  const isThere = async (place: string) =>
    kind !== "folder" && await isFile(place) || kind !== "file" && await isFolder(place);
  const there: string[] = [];
  for (const place of inputPlaces(path, root)) if (await isThere(place)) there.push(place);
  const [first, other] = there;
  if (first === undefined) return undefined;
  const same = other === undefined || await Deno.realPath(first) === await Deno.realPath(other);
  return { path: first, leftOut: same ? [] : [`the ${what} ${other}, because ${first} is there`] };
}

/** Where both look, in their order. */
export function inputPlaces(path: string, root: string): readonly string[] {
  const inside = join(root, path);
  return isAbsolute(path) || normalize(path) === inside ? [path] : [path, inside];
}
