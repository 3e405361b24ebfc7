import { readRun } from "../training/run.ts";
import type { Context } from "../options/command.ts";
import { makePairs, type Pairs } from "./pairs.ts";
import { readStaticConfig, type StaticConfig } from "./static_config.ts";

/**
 * The pairs of masks that a run of static training has learnt from, and the options of it that its
 * refinement needs.
 *
 * @throws {InputError} when there is no such run, or a photograph or a mask of it is gone.
 */
export async function runPairs(
  run: string,
  context: Context,
): Promise<Pairs & Pick<StaticConfig, "data" | "collapseThreshold">> {
  const { config } = await readRun(run);
  const trained = readStaticConfig(run, config);
  const pairs = await makePairs(trained, trained.cache ?? run, context);
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
  return readStaticConfig(run, config).cache ?? run;
}
