import { join } from "@std/path";
import * as z from "zod";
import { InputError } from "../files/error.ts";
import { writeJson } from "../files/json.ts";
import { notePart } from "../files/parts.ts";
import { outputFolder } from "../files/output_folder.ts";
import { requireApart } from "../files/require_apart.ts";
import { writeMask } from "../data/masks/mask.ts";
import { otherDataOptions } from "../options/data_options.ts";
import { given } from "../options/given.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { collapseThreshold } from "../scpp/pair_options.ts";
import { checkpointOption } from "../training/run.ts";
import { trainedOptions, withPublishedClasses } from "../options/trained_options.ts";
import { parseShard, shardOption } from "../options/shard.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { REFINED, writeChanges } from "../scpp/changes.ts";
import { squareInputs } from "../segmentation/mask_inputs.ts";
import { countCollapsed, flagWeightOf } from "../scpp/collapsed_share.ts";
import { makePairs, type Pair } from "../scpp/pairs.ts";
import { type ChoiceOptions, predictChanges, refineMask } from "../scpp/predict.ts";
import { openCache } from "../training/source.ts";
import { folderOfPairs } from "../scpp/run_pairs.ts";
import { trainedRefinement } from "../scpp/trained_refinement.ts";

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
        "Folder for the change logits, ID.npy `[2, h, w]`; RUN/changes by default, or OUT/changes",
      ),
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
    "Weight that protects collapsed classes; auto takes 1 where more than a third of them " +
      "collapse, and else 0",
  ),
  mirror: z.boolean().default(false).describe("Average with what is seen in the mirror image"),
  batch: z.int().positive().default(8).describe(
    "Photographs that pass through the network at once",
  ),
  ...{ data, list, labels, classes },
  ...inGroup("masks", {
    scores: z.string().optional().describe("Another folder of score maps than the run's"),
    knowledge: z.string().optional().describe("Another folder of masks to refine than the run's"),
    advice: z.string().optional()
      .describe("Another folder of masks to compare with than the run's"),
    certain: z.string().optional().describe(
      "Folder of true masks of some photographs, which the masks follow; the run's by default",
    ),
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
    const made = run !== undefined && isOwn(config) ? [await folderOfPairs(run)] : [];
    return [...made, changesOf(config)];
  },
  async run(config, context) {
    const refinement = await trainedRefinement(config);
    const { config: trained, path, classes: count } = refinement;
    const { decisions = trained.decisions, certain = trained.certain } = config;
    const wanted = { ...trained, ...replaced(config), certain, decisions };
    const data = count === undefined ? wanted : await withPublishedClasses(wanted, count, path);
    const own = config.run !== undefined && isOwn(config);
    const folder = own ? trained.cache ?? trained.out : config.out;
    const shard = parseShard(config.shard);
    const changes = changesOf(config);
    for (const folder of [changes, config.out]) await outputFolder(folder);
    const { classes, list, listChecksum } = await makePairs(data, folder, context, shard);
    await requireApart(
      list.map(({ id }) => join(config.out, `${id}.png`)),
      list.flatMap(({ image, knowledge, advice, truth }) => [image, knowledge, advice, truth]),
    );
    const device = await context.device();
    using networks = await refinement.load(device, classes.length);
    const threshold = config.collapseThreshold ?? trained.collapseThreshold;
    const choice: ChoiceOptions = {
      difference: config.differenceBias,
      background: config.backgroundBias,
      flag: await flagWeightFor(config, list, classes.length, threshold, context),
      collapseThreshold: threshold,
    };
    using cache = own && networks.segmenter.backbone.frozen && shard.count === 1
      ? await openCache(squareInputs(networks.segmenter, trained), list, trained, context)
      : undefined;
    const display = context.progress("refine", list.length);
    const { batch, mirror } = config;
    const { imageSize, keepAspect } = trained;
    const options = { imageSize, keepAspect, batch, mirror, cache };
    let done = 0;
    for await (const { pair, logits } of predictChanges(networks, list, options)) {
      context.signal.throwIfAborted();
      await writeChanges(changes, pair.id, logits);
      const mask = await refineMask(pair, logits, classes.length, choice);
      await writeMask(join(config.out, `${pair.id}.png`), mask);
      display.update(++done);
    }
    display.done();
    const { differenceBias, backgroundBias, out } = config;
    const { collapseThreshold, flag: flagWeight } = choice;
    await writeJson(join(changes, REFINED), {
      ...{ out, differenceBias, backgroundBias, collapseThreshold, flagWeight },
    });
    await notePart(out, {
      ...{ command: "refine", ...shard, list: listChecksum },
      files: list.map(({ id }) => `${id}.png`),
    });
    context.log(`${done} refined masks in ${config.out}, change logits in ${changes}`);
  },
});

function changesOf({ changes, run, out }: z.output<typeof config>): string {
  return changes ?? join(run ?? out, "changes");
}

/** The weight of flags that was given, or the one that the masks of all photographs ask for. */
async function flagWeightFor(
  { flagWeight: given, shard }: z.output<typeof config>,
  list: readonly Pair[],
  classes: number,
  threshold: number,
  { signal, log }: Context,
): Promise<number> {
  if (given !== "auto") return given;
  if (parseShard(shard).count > 1) {
    throw new InputError(
      `Cannot use --flag-weight auto with --shard ${shard}: it follows from all photographs. Give ` +
        "0 or 1, as refine says it for the whole list.",
    );
  }
  const counts = await countCollapsed(list, classes, threshold, signal);
  const weight = flagWeightOf(counts);
  log(`Collapsed classes: ${counts.collapsed} of ${counts.classes}, so --flag-weight ${weight}`);
  return weight;
}

/** Whether it refines the very masks of the run. */
function isOwn(options: z.output<typeof config>): boolean {
  return Object.keys(replaced(options)).length === 0;
}

/** The options that were set on the command line and replace the run's. */
function replaced(options: z.output<typeof config>) {
  const { scores, knowledge } = options;
  const set = given(options, [
    ...["data", "list", "labels", "classes"] as const,
    ...["scores", "knowledge", "advice"] as const,
  ]);
  // The run has one of the two: the other takes its place.
  if (knowledge && !scores) return { ...set, scores: undefined };
  return scores && !knowledge ? { ...set, knowledge: undefined } : set;
}
