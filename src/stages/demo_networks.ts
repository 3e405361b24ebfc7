import { join } from "@std/path";
import type { Context } from "../pipeline/stage.ts";
import { trainDynamic } from "../scpp/dynamic.ts";
import { segment } from "../scpp/segment.ts";
import { trainSegmenter } from "../scpp/segmenter.ts";
import { evaluate } from "./evaluate.ts";
import type { EvaluationReport } from "./evaluation_report.ts";
import { synthDynamic, synthTraining } from "./synth_training.ts";

/** What the networks of the demo learn from. */
export interface DemoNetworks {
  /** Folder for the networks and their masks. */
  readonly out: string;
  /** The synthetic set. */
  readonly data: string;
  /** The run of static training from which all of them go on. */
  readonly start: string;
  /** Folders of masks to learn, by name. */
  readonly masks: Readonly<Record<string, string>>;
  /** The folder of masks that dynamic refinement repairs. */
  readonly seedMasks: string;
  /** Passes over the photographs. */
  readonly epochs: number;
  /** Seed of the trainings. */
  readonly seed: number;
}

/**
 * Trains one network on each folder of masks and one by dynamic refinement, all from the same start
 * and for as many steps; what each is worth on photographs that none has seen, by name.
 */
export async function demoNetworks(
  { out, data, start, masks, seedMasks, epochs, seed }: DemoNetworks,
  context: Context,
): Promise<ReadonlyMap<string, EvaluationReport>> {
  const { imageSize, learningRate, predictorWidth } = synthTraining;
  const common = { data, start, imageSize, learningRate, epochs, seed, cache: join(out, "cache") };
  const found = new Map<string, EvaluationReport>();
  const measured = async (name: string, train: (run: string) => Promise<void>) => {
    const [run, predictions] = [join(out, name, "run"), join(out, name, "masks")];
    await train(run);
    const options = { run, data, list: "val", out: predictions };
    await segment.run(segment.config.parse(options), context);
    const report = await evaluate({
      ...{ data, list: "val", predictions, predictedVoid: "error", imageLabelsUsed: "no" },
      ...{ resamples: 0, seed: 0 },
    }, context);
    found.set(name, report);
  };
  for (const [name, folder] of Object.entries(masks)) {
    await measured(name, (out) =>
      trainSegmenter.run(
        trainSegmenter.config.parse({ ...common, masks: folder, out }),
        context,
      ));
  }
  await measured("dynamic", (out) =>
    trainDynamic.run(
      trainDynamic.config.parse({ ...common, ...synthDynamic, predictorWidth, seedMasks, out }),
      context,
    ));
  return found;
}
