import { join } from "@std/path";
import { openVoc, type Voc } from "../../data/sets/voc.ts";
import { InputError } from "../../files/error.ts";
import { readJson } from "../../files/json.ts";
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

/** The photographs that the first run names whose set can still be opened; nothing when none does. */
export async function setOfRuns(
  folder: string,
  runs: readonly string[],
  other: OtherSet,
): Promise<Voc | undefined> {
  for (const run of runs) {
    try {
      const own = join(folder, run);
      const saved = await fromStart(own, await readJson(join(own, names.config)));
      const text = (key: string) => typeof saved[key] === "string" ? saved[key] : undefined;
      const data = text("data");
      if (data === undefined) continue;
      const { list = text("list"), classes = text("classes"), truth = text("truth") } = other;
      return await openVoc(data, { list, classes, labels: text("labels"), masks: truth });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}
