import { join } from "@std/path";
import * as z from "zod";
import { claimFolder } from "../files/claim_folder.ts";
import { remove } from "../files/remove.ts";
import { type Command, command } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { compare } from "./compare/compare.ts";
import { maskLines, networkLines, WITH_CRF } from "./demo_report.ts";
import { drawDemo } from "./demo_sheet.ts";
import { report } from "./report/report.ts";
import { seeds } from "./seeds.ts";
import { synth } from "./synth.ts";
import { crfOfScenes, synthDynamic, synthSeeds, synthTraining } from "./synth_training.ts";

const config = z.strictObject({
  out: output(
    z.string().default("runs/demo")
      .describe("Folder for everything the demo writes; the next demo there replaces it"),
  ),
  photographs: z.int().min(8).default(200).describe("Synthetic photographs to make"),
  classifierEpochs: z.number().positive().default(20)
    .describe("Epochs of the classifier"),
  epochs: z.number().positive().default(6).describe("Epochs of the change predictor"),
  networkEpochs: z.number().positive().default(5)
    .describe("Further epochs of each of the networks that are compared at the end"),
  seed: z.int().min(0).default(1).describe("Seed of the set and of the trainings"),
});

/** The whole method on a built-in set, from image labels to masks and networks, with its figures. */
export const demo: Command<typeof config> = command({
  name: "demo",
  summary: "Run the whole method on a synthetic set: from image labels to masks and networks.",
  example: "demo",
  config,
  async run({ out, photographs, classifierEpochs, epochs, networkEpochs, seed }, context) {
    const started = performance.now();
    const at = (...names: string[]) => join(out, ...names);
    await claimFolder(out, "the demo", "demo.json", { started: new Date() });
    for (const name of ["set", "seeds", "compare"]) await remove(at(name));
    const quiet = { ...context, log() {} }; // progress shows, closing lines do not
    const data = at("set");
    context.log(`1 of 3: ${photographs} photographs with the names of what they show`);
    await synth.run(
      synth.config.parse({ ...scenes, out: data, train: photographs, val: UNSEEN, seed }),
      quiet,
    );
    context.log(
      "2 of 3: from labels to masks (classifier, activation maps, affinity, random walk)",
    );
    const steps = {
      ...{ ...synthSeeds, width: WIDTH },
      classifier: { ...synthSeeds.classifier, epochs: classifierEpochs },
      affinity: { ...synthSeeds.affinity, epochs: 2 },
    };
    await seeds.run(seeds.config.parse({ ...steps, data, seed, out: at("seeds") }), quiet);
    context.log("3 of 3: refine the masks by predicting changes, train networks on all of them");
    const { scores: _, ...training } = synthTraining;
    await compare.run(
      compare.config.parse({
        ...{ ...training, width: WIDTH, batch: 4 },
        ...{ data, out: at("compare"), epochs: networkEpochs, seeds: [seed] },
        ...{ knowledge: at("seeds", "walk", "masks"), certainty: 0.9 },
        ...{ static: { epochs }, refine: { biases: "auto" }, methods: networks, ladder: true },
      }),
      quiet,
    );
    const [run, refined] = ["static", "refined"].map((name) => at("compare", `seed-${seed}`, name));
    const lines = [
      ...await maskLines(at("seeds", "seeds.json"), join(run, "ladder.json")),
      ...await networkLines(at("compare", "table.json"), UNSEEN),
    ];
    for (const line of lines) context.log(line);
    await drawDemo(at("sheet.png"), { out, run, refined }, quiet);
    context.log(`\nPicture: ${at("sheet.png")}`);
    context.log(`Refined masks: ${refined}`);
    const page = at("report.html");
    await report.run(report.config.parse({ of: out, out: page }), quiet);
    context.log(`Done in ${Math.round((performance.now() - started) / 1000)} s.`);
    context.log(`Its report, for a browser: ${opener} ${page}`);
  },
});

/** What opens a file by its kind. */
const opener = Deno.build.os === "windows"
  ? "start"
  : Deno.build.os === "darwin"
  ? "open"
  : "xdg-open";

/** Photographs on which the networks are measured. */
const UNSEEN = 100;
/** Channels of the encoder: few, for a demo of a few minutes. */
const WIDTH = 12;
/** Clear textures, which are learnt fast, on objects whose colours mislead a CRF. */
const scenes = { contrast: 36, camouflage: 1, twoToned: 1 } as const;

/** The networks, all from the same start and for as many steps, each measured twice. */
const networks = [
  { name: "trained on the knowledge", training: "knowledge", options: {} },
  { name: "trained on refined masks", training: "static", options: {} },
  { name: "trained by dynamic refinement", training: "dynamic", options: synthDynamic },
].flatMap(({ name, training, options }) =>
  [{}, { crf: true, ...crfOfScenes }].map((segment) => ({
    name: "crf" in segment ? `${name}${WITH_CRF}` : name,
    ...{ training, segment, options: { start: "{static}", ...options } },
  }))
);
