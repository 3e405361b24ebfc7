import { join } from "@std/path";
import { openVoc, type Voc } from "../../data/sets/voc.ts";
import { InputError } from "../../files/error.ts";
import { isFolder } from "../../files/is_folder.ts";
import { readJson } from "../../files/json.ts";
import { realPath } from "../../files/require_apart.ts";
import { fromStart } from "../../training/from_start.ts";
import { names } from "../../training/run.ts";

/** Which part of the set is wanted, where it is not that of the run. */
export interface OtherSet {
  /** Another list. */
  readonly list?: string;
  /** Another file of class names. */
  readonly classes?: string;
  /** Another folder of true masks. */
  readonly truth?: string;
}

/** A set of which some runs are. */
export interface SetOfRuns {
  /** The folder of its photographs, as the newest of the runs names it. */
  readonly data: string;
  /** The runs, the newest first. */
  readonly runs: readonly string[];
  /** Why it cannot be shown, as far as is known. */
  readonly problem?: string;
}

/** The set that is shown, if any can be, and those that are not. */
export interface SetsOfRuns {
  /** The photographs. */
  readonly voc?: Voc;
  /** The other sets, that of the newest run first. */
  readonly others: readonly SetOfRuns[];
}

interface Own {
  readonly run: string;
  readonly data: string;
  readonly saved: Readonly<Record<string, unknown>>;
  readonly modified: number;
}

/** The photographs that the newest run names whose set can still be opened, and the sets of the others. */
export async function setOfRuns(
  folder: string,
  runs: readonly string[],
  other: OtherSet,
): Promise<SetsOfRuns> {
  const found: Own[] = [];
  for (const run of runs) {
    const own = await ownOf(folder, run);
    if (own) found.push(own);
  }
  const sets = new Map<string, Own[]>();
  for (const own of found.toSorted((a, b) => b.modified - a.modified)) {
    const place = await realPath(own.data);
    sets.set(place, [...sets.get(place) ?? [], own]);
  }
  let voc: Voc | undefined;
  const others: SetOfRuns[] = [];
  for (const all of sets.values()) {
    const set = { data: all[0].data, runs: all.map(({ run }) => run) };
    if (voc !== undefined) {
      const problem = await isFolder(set.data) ? undefined : "there is no such folder any more";
      others.push({ ...set, problem });
      continue;
    }
    let problem: string | undefined;
    for (const { data, saved } of all) {
      const text = (key: string) => typeof saved[key] === "string" ? saved[key] : undefined;
      const { list = text("list"), classes = text("classes"), truth = text("truth") } = other;
      try {
        voc = await openVoc(data, { list, classes, labels: text("labels"), masks: truth });
        break;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        problem ??= error.message;
      }
    }
    if (voc === undefined) others.push({ ...set, problem });
  }
  return { voc, others };
}

/** The options of a run that names photographs, and when it last wrote a line. */
async function ownOf(folder: string, run: string): Promise<Own | undefined> {
  const own = join(folder, run);
  try {
    const saved: Own["saved"] = await fromStart(own, await readJson(join(own, names.config)));
    const { mtime } = await Deno.stat(join(own, names.metrics));
    const { data } = saved;
    return typeof data === "string" ? { run, data, saved, modified: Number(mtime) } : undefined;
  } catch (error) {
    // It may be about to be replaced.
    if (error instanceof InputError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
