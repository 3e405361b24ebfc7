import { join } from "@std/path";
import * as z from "zod";
import { writeImage } from "../data/image.ts";
import { type Context, type Stage, stage } from "../pipeline/stage.ts";
import { ladder } from "../scpp/ladder.ts";
import { makePairs } from "../scpp/pairs.ts";
import { refine } from "../scpp/refine.ts";
import { resultSheet, SHEET_COLUMNS } from "../scpp/sheet.ts";
import { trainStatic } from "../scpp/static.ts";
import { synth } from "./synth.ts";

const config = z.strictObject({
  out: z.string().default("runs/demo").describe("Folder for everything the demo writes"),
  images: z.int().min(8).default(240).describe("Synthetic photographs"),
  epochs: z.number().positive().default(16).describe("Passes over them"),
  seed: z.int().min(0).default(1).describe("Seed of the set and of the training"),
});

/** The main job on a built-in set: seeds, CRF, change prediction, refined masks, their worth. */
export const demo: Stage<typeof config> = stage({
  command: "demo",
  summary: "Make a synthetic set, refine its rough masks, print how good they are, draw a sheet",
  example: "demo",
  config,
  async run({ out, images, epochs, seed }, context) {
    const started = performance.now();
    const [data, run, refined] = ["set", "run", "refined"].map((name) => join(out, name));
    await quietly(synth, { out: data, train: images, val: 0, seed }, context);
    const training = trainStatic.config.parse({
      data,
      scores: "cam",
      out: run,
      backgroundPower: 8,
      crfSmoothWidth: 2,
      crfWidth: 20,
      imageSize: 64,
      predictorWidth: 32,
      epochs,
      learningRate: 3e-3,
      seed,
      overwrite: true,
    });
    await quietly(trainStatic, training, context);
    await quietly(refine, { run, out: refined }, context);
    await ladder.run(ladder.config.parse({ run }), context);
    const { list } = await makePairs(training, run, context);
    const path = join(out, "sheet.png");
    await writeImage(path, await resultSheet(list.slice(0, 12), join(run, "changes"), refined));
    context.log(`\nPicture: ${path}\n  columns: ${SHEET_COLUMNS.join(", ")}`);
    context.log(`Refined masks: ${refined}`);
    context.log(`Done in ${Math.round((performance.now() - started) / 1000)} s.`);
  },
});

/** Runs a stage without its closing lines; its progress shows. */
async function quietly<Schema extends z.ZodObject>(
  part: Stage<Schema>,
  options: z.input<Schema>,
  context: Context,
): Promise<void> {
  await part.run(part.config.parse(options), { ...context, log() {} });
}
