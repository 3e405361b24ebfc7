// Runs of static refinement on a small set, for tests.
import { refine } from "../src/commands/refine.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { type At, contextOf, ids, type Watch } from "./training.ts";

/** Options of a training that takes a moment. */
const small = {
  ...{ scores: "cam", imageSize: 32, width: 4, depth: 1, predictorWidth: 8, crfIterations: 2 },
  ...{ batch: 4, epochs: 3, logEvery: 2, saveEvery: 2 }, // two steps an epoch
};

/** Trains with the run folder "run". */
export async function train(at: At, options: object, watch?: Watch): Promise<void> {
  const config = trainStatic.config.parse({
    ...small,
    data: at("set"),
    out: at("run"),
    ...options,
  });
  await trainStatic.run(config, contextOf(watch));
}

/** Refines with the run folder "run". */
export async function refined(at: At, options: object = {}): Promise<void> {
  const config = refine.config.parse({ run: at("run"), out: at("refined"), ...options });
  await refine.run(config, contextOf());
}

/** A folder of knowledge masks made of the truth, to be spoilt. */
export async function givenMasks(at: At): Promise<(id: string) => string> {
  await Deno.mkdir(at("given"));
  const path = (id: string) => at("given", `${id}.png`);
  for (const id of ids) await Deno.copyFile(at("set", "SegmentationClass", `${id}.png`), path(id));
  return path;
}
