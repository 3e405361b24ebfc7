import { join } from "@std/path";
import * as z from "zod";
import { sameOption } from "../files/made_with.ts";
import { notePart } from "../files/parts.ts";
import { outputFolder } from "../files/output_folder.ts";
import { requireApart } from "../files/require_apart.ts";
import { certainShareOption } from "../options/certain_options.ts";
import { otherDataOptions } from "../options/data_options.ts";
import { given } from "../options/given.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { adviceOption, collapseThreshold } from "../scpp/pair_options.ts";
import { fromStart } from "../training/from_start.ts";
import { checkpointOption, readRun } from "../training/run.ts";
import { trainedOptions, withPublishedClasses } from "../options/trained_options.ts";
import { parseShard, shardOption } from "../options/shard.ts";
import { type Command, command } from "../options/command.ts";
import { noteRefined } from "../scpp/changes.ts";
import { squareInputs } from "../segmentation/mask_inputs.ts";
import { makePairs } from "../scpp/pairs.ts";
import { masksOf } from "../scpp/predict.ts";
import { openCache } from "../training/source.ts";
import { folderOfPairs, ofRun } from "../scpp/run_pairs.ts";
import { noteKernels, takeKernels } from "../training/run_kernels.ts";
import { trainedRefinement } from "../scpp/trained_refinement.ts";
import { checkChoice } from "./refine_choice.ts";
import { refineRound } from "./refine_round.ts";

const { data, list, labels, classes } = otherDataOptions;

const config = z.strictObject({
  ...trainedOptions,
  run: trainedOptions.run.describe("Folder of a run of train static"),
  ...inGroup("network", {
    predictor: z.string().optional().describe(
      "File of the change predictor (dd_head0, dd0) that belongs to --weights; the same by default",
    ),
  }),
  checkpoint: checkpointOption,
  out: output(z.string().describe("Folder for the refined masks, ID.png")),
  changes: output(
    z.string().optional()
      .describe(
        "Folder for the change logits, ID.npy `[masks, h, w]`; RUN/changes by default, or OUT/changes " +
          "where other masks than the run's are refined",
      ),
  ),
  biases: z.enum(["published", "auto"]).default("published").describe(
    "auto: in place of --difference-bias the change loss of all photographs, in bits",
  ),
  differenceBias: z.number().default(0.1).describe(
    "Favours the advice where it is positive (dd_bias)",
  ),
  backgroundBias: z.number().default(0.1).describe(
    "Favours the background where it is positive (bg_bias)",
  ),
  collapseThreshold: collapseThreshold.unwrap().optional()
    .describe(
      "A class collapses when the advice keeps less than this share of its pixels; as in training by default",
    ),
  flagWeight: z.union([z.number(), z.literal("auto")]).default(1).describe(
    "Weight that protects collapsed classes; auto: those that a network's masks lack in most " +
      "photographs, and those of a CRF that deletes more than a third of all",
  ),
  iterations: z.int().min(1).default(1).describe(
    "Rounds: from the second on the refined masks are the knowledge, and crf is their CRF",
  ),
  mirror: z.boolean().default(false).describe("Average with what is seen in the mirror image"),
  batch: z.int().positive().default(8).describe(
    "Photographs that pass through the network at once",
  ),
  ...{ data, list, labels, classes },
  ...inGroup("masks", {
    scores: z.string().optional().describe("Another folder of score maps than the run's"),
    knowledge: z.string().optional().describe("Another folder of masks to refine than the run's"),
    advice: adviceOption.describe(
      "Other folders of masks to compare with than the run's, comma separated; crf is the CRF of the " +
        "knowledge",
    ),
    certain: z.string().optional().describe(
      "Folder of true masks of some photographs, which the masks follow; the run's by default",
    ),
    certainShare: certainShareOption,
    decisions: z.string().optional().describe(
      "File of decisions that review has written, which the masks follow; the run's by default",
    ),
  }),
  shard: shardOption,
});

/** Writes refined masks: at each pixel the knowledge or the advice, as the change predictor says. */
export const refine: Command<typeof config> = command({
  name: "refine",
  summary: "Write refined masks of photographs, by the changes that a trained network predicts.",
  example: "refine --run runs/a --out refined",
  config,
  async writes(config) {
    const { run } = config;
    const masks = await replaced(config);
    const made = run !== undefined && ofRun(masks) ? [await folderOfPairs(run)] : [];
    return [...made, changesOf(config, masks)];
  },
  async run(config, context) {
    checkChoice(config);
    const refinement = await trainedRefinement(config);
    const { config: trained, path, classes: count } = refinement;
    const { certain = trained.certain, decisions = trained.decisions } = config;
    const { certainShare = config.certain === undefined ? trained.certainShare : undefined } =
      config;
    const replacing = await replaced(config);
    const wanted = { ...trained, ...replacing, certain, certainShare, decisions };
    const data = count === undefined ? wanted : await withPublishedClasses(wanted, count, path);
    const ownMasks = config.run !== undefined && ofRun(replacing);
    const folder = ownMasks ? trained.cache ?? trained.out : config.out;
    const shard = parseShard(config.shard);
    const changes = changesOf(config, replacing);
    for (const folder of [changes, config.out]) await outputFolder(folder);
    const made = await makePairs(data, folder, context, shard);
    const { classes, list, listChecksum, advisers, scores } = made;
    await requireApart(
      list.flatMap(({ id }) => [join(config.out, `${id}.png`), join(changes, `${id}.npy`)]),
      list.flatMap(({ id, image, truth, certain = truth, ...pair }) => [
        ...[image, truth, certain, ...masksOf(pair)],
        ...scores === undefined ? [] : [join(scores, `${id}.npy`)],
      ]),
    );
    if (advisers.length > 1) context.log(`Advisers: ${advisers.join(", ")}`);
    const device = await context.device();
    await takeKernels(config.out, device);
    using networks = await refinement.load(device, classes.length);
    const threshold = config.collapseThreshold ?? trained.collapseThreshold;
    using cache = ownMasks && networks.segmenter.backbone.frozen && shard.count === 1
      ? await openCache(squareInputs(networks.segmenter, trained), list, trained, context)
      : undefined;
    const { batch, mirror, iterations, out } = config;
    const { imageSize, keepAspect } = trained;
    const rounds = join(out, "rounds");
    const about = {
      ...{ config, networks, advisers, set: { classes, collapseThreshold: threshold } },
      options: { imageSize, keepAspect, batch, mirror, cache },
    };
    let pairs = list;
    for (let round = 1; round <= iterations; round++) {
      const [own, last] = [round, round - 1].map((number) => join(rounds, String(number)));
      if (round > 1) {
        const given = { scores: undefined, knowledge: last };
        const quiet = { ...context, log() {} };
        pairs = (await makePairs({ ...data, ...given }, rounds, quiet, shard)).list;
      }
      const masks = round === iterations ? out : own;
      const seen = round === 1 ? changes : join(own, "changes");
      const biases = await refineRound(about, pairs, { masks, changes: seen, round }, context);
      const noted = { out, masks: replacing, collapseThreshold: threshold, ...biases };
      if (round === 1) await noteRefined(changes, noted);
    }
    await noteKernels(out, device);
    await notePart(out, {
      ...{ command: "refine", ...shard, list: listChecksum },
      files: list.map(({ id }) => `${id}.png`),
    });
    context.log(`${list.length} refined masks in ${out}, change logits in ${changes}`);
  },
});

function changesOf({ changes, run, out }: z.output<typeof config>, masks: object): string {
  const own = Object.keys(masks).length === 0;
  return changes ?? join(own ? run ?? out : out, "changes");
}

/** The options that were set and say something else than the run's, which they replace. */
async function replaced(options: z.output<typeof config>) {
  const { scores, knowledge, run } = options;
  const set = given(options, [
    ...["data", "list", "labels", "classes"] as const,
    ...["scores", "knowledge", "advice"] as const,
  ]);
  const before = run === undefined ? {} : await fromStart(run, (await readRun(run)).config);
  for (const key of Object.keys(set) as (keyof typeof set)[]) {
    if (sameOption(before[key], set[key])) delete set[key];
  }
  // The run has one of the two: the other takes its place.
  if (knowledge && !scores) return { ...set, scores: undefined };
  return scores && !knowledge ? { ...set, knowledge: undefined } : set;
}
