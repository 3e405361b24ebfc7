import { join } from "@std/path";
import * as z from "zod";
import { writeImage } from "../data/image.ts";
import { readMask } from "../data/mask.ts";
import { sheet } from "../data/picture.ts";
import { type Stage, stage } from "../pipeline/stage.ts";
import { readChanges } from "../scpp/changes.ts";
import { ladder } from "../scpp/ladder.ts";
import { makePairs } from "../scpp/pairs.ts";
import { refine } from "../scpp/refine.ts";
import { resultRow, SHEET_COLUMNS } from "../scpp/sheet.ts";
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
    const quiet = { ...context, log() {} }; // progress shows, closing lines do not
    await synth.run(synth.config.parse({ out: data, train: images, val: 0, seed }), quiet);
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
    await trainStatic.run(training, quiet);
    await refine.run(refine.config.parse({ run, out: refined }), quiet);
    await ladder.run(ladder.config.parse({ run }), context);
    const { list } = await makePairs(training, run, context);
    const path = join(out, "sheet.png");
    const rows = list.slice(0, 8).map(async (pair) => {
      const mask = await readMask(join(refined, `${pair.id}.png`));
      return resultRow(pair, await readChanges(join(run, "changes"), pair.id), mask);
    });
    await writeImage(path, sheet(await Promise.all(rows)));
    context.log(`\nPicture: ${path}\n  columns: ${SHEET_COLUMNS.join(", ")}`);
    context.log(`Refined masks: ${refined}`);
    context.log(`Done in ${Math.round((performance.now() - started) / 1000)} s.`);
  },
});
