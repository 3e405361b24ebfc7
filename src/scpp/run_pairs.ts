import { resolve } from "@std/path";
import { isFolder } from "../files/is_folder.ts";
import { fromStart } from "../training/from_start.ts";
import { readRun } from "../training/run.ts";
import type { Context } from "../options/command.ts";
import { makePairs, type Pairs } from "./pairs.ts";
import type { RefinedNote } from "./changes.ts";
import { readStaticConfig, type StaticConfig } from "./static_config.ts";

/**
 * The pairs of masks that a run of static training has learnt from, or those that were refined by it, and
 * the options of it that its refinement needs.
 *
 * @param wanted what refine noted beside change logits, if they are wanted for these, and where the
 * photographs are now, if they have moved
 * @throws {InputError} when there is no such run, or a photograph or a mask of it is gone.
 */
export async function runPairs(
  run: string,
  context: Context,
  { refined, data: moved }: { readonly refined?: RefinedNote; readonly data?: string } = {},
): Promise<Pairs & Pick<StaticConfig, "data" | "collapseThreshold">> {
  const { config } = await readRun(run);
  const own = await fromStart(run, readStaticConfig(run, config));
  const asGiven = new Map([...own.asGiven ?? [], ...refined?.masks?.asGiven ?? []]);
  const trained = { ...own, ...refined?.masks, asGiven };
  const { data: before } = trained;
  if (moved !== undefined && resolve(moved) !== resolve(before)) {
    if (await isFolder(before)) {
      context.log(
        `Left out: the photographs of ${moved}, because the run has its own in ${before}`,
      );
    } else {
      asGiven.set(moved, asGiven.get(before) ?? before);
      trained.data = moved;
    }
  }
  const folder = ofRun(refined?.masks ?? {}) ? trained.cache ?? run : refined!.out;
  const pairs = await makePairs(trained, folder, context);
  const { data, collapseThreshold } = trained;
  return { ...pairs, data, collapseThreshold };
}

/**
 * The folder under which a run of static training keeps its pairs of masks, and makes again what is
 * missing of them.
 *
 * @throws {InputError} when there is no such run.
 */
export async function folderOfPairs(run: string): Promise<string> {
  const { config } = await readRun(run);
  return (await fromStart(run, readStaticConfig(run, config))).cache ?? run;
}

/** Whether masks that are computed are those of the run: nothing is replaced, or advisers alone. */
export function ofRun(replaced: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(replaced).every((key) => key === "advice");
}
