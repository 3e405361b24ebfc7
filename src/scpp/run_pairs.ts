import { readRun } from "../training/run.ts";
import type { Context } from "../options/command.ts";
import { makePairs, type Pairs } from "./pairs.ts";
import { readStaticConfig } from "./static_config.ts";

/**
 * The pairs of masks that a run of static training has learnt from, and the folder of its data.
 *
 * @throws {InputError} when there is no such run, or a photograph or a mask of it is gone.
 */
export async function runPairs(
  run: string,
  context: Context,
): Promise<Pairs & { readonly data: string }> {
  const { config } = await readRun(run);
  const trained = readStaticConfig(run, config);
  const pairs = await makePairs(trained, trained.cache ?? run, context);
  return { ...pairs, data: trained.data };
}
