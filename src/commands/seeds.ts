import { join } from "@std/path";
import * as z from "zod";
import { cam } from "./cam.ts";
import { trainClassifier } from "./train_classifier.ts";
import { isFile } from "../files/is_file.ts";
import { remove } from "../files/remove.ts";
import { backboneOptions } from "../options/backbone_options.ts";
import { crfOptions } from "../options/crf_options.ts";
import { dataOptions, openData } from "../options/data_options.ts";
import { given, keysOf } from "../options/given.ts";
import { output } from "../options/outputs.ts";
import { sayingOnce } from "../options/say_data.ts";
import { readRun } from "../training/run.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { type Command, command } from "../options/command.ts";
import { trainAffinity } from "./train_affinity.ts";
import { compareMasks } from "./masks_table.ts";
import { walk } from "./walk.ts";

/** What every step has, and what follows from the steps before: options of the whole alone. */
const shared = {
  ...dataOptions,
  ...backboneOptions,
  ...crfOptions,
  seed: z.int().default(1).describe("Seed of both trainings"),
  cache: output(
    z.string().optional().describe(
      "Folder for labels and features that several runs share; the run folders by default",
    ),
  ),
};
const settled = [
  ...Object.keys(shared),
  ...["run", "out", "resume", "overwrite", "scores", "quickMasks", "sure", "format", "shard"],
] as const;

/** The options of a step that are its own. */
function own<T extends Readonly<Record<string, z.core.$ZodType>>>(step: { readonly shape: T }) {
  const shape = Object.entries(step.shape).filter(([key]) => !settled.includes(key));
  return z.strictObject(Object.fromEntries(shape)).prefault({});
}

const config = z.strictObject({
  ...shared,
  out: output(z.string().describe("Folder for the runs, the maps and the masks")),
  overwrite: z.boolean().default(false)
    .describe("Replace what an earlier call with other options made"),
  classifier: own(trainClassifier.config).describe("Options of train classifier"),
  cam: own(cam.config).describe("Options of cam"),
  affinity: own(trainAffinity.config).describe("Options of train affinity"),
  walk: own(walk.config).describe("Options of walk"),
});

/** The four steps from image labels to seed masks; those that are finished are skipped. */
export const seeds: Command<typeof config> = command({
  name: "seeds",
  summary:
    "Make seed masks from image labels: train classifier, cam, train affinity and walk in one.",
  example: "seeds --data DIR --network mobilenet-v2 --weights W --out runs/seeds",
  config,
  settled: preferredEncoder,
  async run(options, { log: say, ...others }) {
    const context = { ...others, log: sayingOnce(say) };
    const { out } = options;
    const at = (...names: string[]) => join(out, ...names);
    await openData(options); // a wrong path must not cost what is there
    if (options.overwrite) await clearSeeds(out);
    const common = given(options, keysOf(dataOptions));
    const encoder = given(options, keysOf(backboneOptions));
    const { seed, cache } = options;
    const training = { ...common, ...encoder, seed, cache, resume: true };
    context.log("1 of 4: train classifier");
    const first = { ...training, ...options.classifier, out: at("classifier") };
    await trainClassifier.run(trainClassifier.config.parse(first), context);
    context.log("2 of 4: cam");
    const second = {
      ...options.cam,
      run: at("classifier"),
      out: at("cam"),
      quickMasks: at("cam", "masks"),
    };
    await cam.run(cam.config.parse(second), context);
    context.log("3 of 4: train affinity");
    const { checkpoint: { path: weights } } = await readRun(at("classifier"));
    const crf = given(options, keysOf(crfOptions));
    const third = { ...training, ...crf, ...options.affinity, weights, scores: at("cam") };
    const affinity = trainAffinity.config.parse({ ...third, out: at("affinity") });
    await trainAffinity.run(affinity, context);
    context.log("4 of 4: walk");
    const fourth = { ...crf, ...options.walk, run: at("affinity"), out: at("walk") };
    await walk.run(walk.config.parse(fourth), context);
    const folders = { CAM: at("cam", "masks"), walk: at("walk", "masks") };
    const all = options.walk.crf ? { ...folders, CRF: at("walk", "crf") } : folders;
    await compareMasks(all, options, out, context, "seeds.json");
    context.log(
      `Masks in ${folders.walk}; train static --data ${options.data} --scores ${
        at("walk")
      } --out DIR ` +
        "learns where their CRF is right.",
    );
  },
});

/** Removes what an earlier call made in a folder, which its first run tells from folders of the same names. */
export async function clearSeeds(out: string): Promise<void> {
  if (!await isFile(join(out, "classifier", "config.json"))) return;
  // The classifier last: until it is gone an interruption leaves the mark.
  for (const name of ["walk", "affinity", "cam", "classifier"]) {
    await remove(join(out, name));
  }
}
