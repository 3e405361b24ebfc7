import { InputNotes, type MadeOf } from "./input_notes.ts";
import { remove } from "./remove.ts";

/** What is left to do of a list. */
export interface Unfinished<T> {
  /** The items whose files are to be made, in the order of the list. */
  readonly missing: readonly T[];
  /** To be called when the files of one have been made. */
  done(item: T): Promise<void>;
}

/** How many items are looked at together. */
const AT_ONCE = 32;

/**
 * The items of a list whose files are not there yet, or were made of other inputs than there are now:
 * these are removed, and `log` says so.
 *
 * @param folder where the inputs are noted; see {@linkcode InputNotes}
 * @throws {InputError} when an input may not be read, or the folder not written.
 */
export async function unfinished<T>(
  folder: string,
  items: readonly T[],
  madeOf: (item: T) => MadeOf,
  log: (line: string) => void,
): Promise<Unfinished<T>> {
  const notes = await InputNotes.open(folder);
  const [missing, changed]: [T[], string[]] = [[], []];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const some = items.slice(from, from + AT_ONCE);
    const states = await Promise.all(some.map((item) => notes.state(madeOf(item))));
    for (const [i, state] of states.entries()) {
      if (state === "done") continue;
      missing.push(some[i]);
      if (state === "missing") continue;
      const { id, outputs } = madeOf(some[i]);
      changed.push(id);
      for (const path of outputs) await remove(path);
    }
  }
  if (changed.length > 0) {
    log(
      `What ${changed.length} of ${items.length} were made of has changed, such as ${
        changed[0]
      }: ` +
        `they are made again in ${folder}`,
    );
  }
  return { missing, done: (item) => notes.done(madeOf(item).id) };
}
