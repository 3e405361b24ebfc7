import { join, resolve } from "@std/path";
import { writeAtomic } from "./atomic.ts";
import { checksum } from "./checksum.ts";
import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";
import { parseJson, readJson, writeJson } from "./json.ts";
import { readText } from "./read_bytes.ts";
import { remove } from "./remove.ts";

// Were these files made with these options? Three answers to a no: noteOptions refuses, once does the
// work again, and ownFolder gives each choice of options a folder of its own. A folder of a training's
// run has a fourth, because it may be resumed; it compares by `difference` too.

/** Options by name, or whatever else decides what comes out; of JSON's types. */
export type Options = Readonly<Record<string, unknown>>;

/** An option that was one thing and now is another, both as JSON. */
export interface Difference {
  /** Its name. */
  readonly key: string;
  /** What it was; undefined where it was not set. */
  readonly was: string | undefined;
  /** What it is. */
  readonly is: string | undefined;
}

/** Whether two values of an option say the same; a path may be spelt in several ways. */
export function sameOption(was: unknown, is: unknown): boolean {
  return JSON.stringify(was) === JSON.stringify(is) ||
    typeof was === "string" && typeof is === "string" && resolve(was) === resolve(is);
}

/** The first of these options, or of all, that differs. */
export function difference(
  before: Options,
  now: Options,
  keys: Iterable<string> = new Set([...Object.keys(before), ...Object.keys(now)]),
): Difference | undefined {
  for (const key of keys) {
    const [was, is] = [JSON.stringify(before[key]), JSON.stringify(now[key])];
    if (was !== is) return { key, was, is };
  }
  return undefined;
}

/**
 * Notes in a folder's options.json how its files are made, so that a later call never mixes others
 * among them. What an earlier call noted beside it stays.
 *
 * @throws {InputError} when the folder has files that were made otherwise.
 */
export async function noteOptions(folder: string, made: Options): Promise<void> {
  const path = join(folder, "options.json");
  const before = await isFile(path) ? await readJson(path) : {};
  // An option that is left open is noted too: it must not be set later.
  const now = Object.fromEntries(Object.entries(made).map(([key, value]) => [key, value ?? null]));
  const known = Object.keys(now).filter((key) => key in before);
  const other = difference(before, now, known);
  if (other !== undefined) {
    throw new InputError(
      `Cannot write to ${folder}: its files were made with other options (${other.key} was ` +
        `${other.was} and is now ${other.is}). Delete it, or give another folder.`,
    );
  }
  if (known.length < Object.keys(now).length) await writeJson(path, { ...before, ...now });
}

/**
 * The path `PARENT/NAME-XXXXXXXX` of a folder for files that are made with these options, for which
 * eight hexadecimal digits stand. Nothing is written: `noteOptions` does that when there is work.
 */
export async function ownFolder(parent: string, name: string, made: Options): Promise<string> {
  const digits = (await checksum(JSON.stringify(made))).slice(0, 8);
  return join(parent, `${name}-${digits}`);
}

/**
 * Does work whose result is kept in the file `path`, unless it was done before with the same options.
 *
 * Whenever the process dies, what `work` finds was begun with these options, and it may go on from it:
 * `clear` removes what was made with others, while nothing is noted.
 */
export async function once<T>(
  path: string,
  options: object,
  work: () => Promise<T>,
  clear?: () => Promise<void>,
): Promise<T> {
  const saved = await isFile(path) ? readNote(await readText(path)) : undefined;
  const same = saved !== undefined && JSON.stringify(saved.options) === JSON.stringify(options);
  if (same && "result" in saved) return saved.result as T;
  if (!same) {
    await remove(path);
    await clear?.();
    await writeAtomic(path, JSON.stringify({ options }) + "\n");
  }
  const result = await work();
  await writeAtomic(path, JSON.stringify({ options, result }) + "\n");
  return result;
}

function readNote(text: string): { options?: unknown; result?: unknown } | undefined {
  try {
    return Object(parseJson(text));
  } catch {
    return undefined; // another file of that name: the work is done again
  }
}
