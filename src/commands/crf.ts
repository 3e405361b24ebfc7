import { basename } from "@std/path";
import * as z from "zod";
import { type CrfInput, DenseCrf, unaryFromProbabilities } from "../crf/mod.ts";
import { readImage } from "../data/images/image.ts";
import { outputFolder } from "../files/output_folder.ts";
import { unfinished } from "../files/unfinished.ts";
import { type Mask, readMask, writeMask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";
import { bestClasses, maskStack, readScoreStack } from "../data/scores/score_stack.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { checkKernels } from "../crf/options.ts";
import { checksum } from "../files/checksum.ts";
import { counted } from "../files/listed.ts";
import { noteOptions } from "../files/made_with.ts";
import { notePart } from "../files/parts.ts";
import { crfOptions, crfSettings, crfWeightOptions } from "../options/crf_options.ts";
import { inGroup } from "../options/groups.ts";
import { scoreOptions } from "../options/score_options.ts";
import { parseShard, shardOf, shardOption } from "../options/shard.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { findItems, type Item } from "./crf_items.ts";
import { changeTable, compareMasks, type MaskChanges } from "./mask_changes.ts";

const config = z.strictObject({
  images: z.string().min(1).describe("Folder of photographs"),
  masks: z.string().optional()
    .describe("Folder of masks (ID.png); void pixels, 255, count as unknown"),
  scores: z.string().optional().describe("Folder of score maps (ID.npy), instead of masks"),
  out: output(
    z.string().min(1).describe("Folder to write palette PNGs to; finished ones are skipped"),
  ),
  ...scoreOptions,
  ...crfOptions,
  ...inGroup("crf", {
    crfIterations: z.int().min(0).max(1000).default(10)
      .describe("Mean-field iterations of the CRF; 0 for none"),
  }),
  ...crfWeightOptions,
  compare: z.boolean().default(false).describe("Print how many pixels changed, class by class"),
  shard: shardOption,
});

type Config = z.output<typeof config>;

/** One photograph, read, with what is known of its labels. */
interface Work extends CrfInput {
  readonly item: Item;
  readonly classes: readonly number[];
  readonly before: Mask;
}

/** Applies the dense CRF to a folder of masks or score maps and writes palette PNGs. */
export const crf: Command<typeof config> = command({
  name: "crf",
  summary: "Align masks or score maps with the edges of the photographs by the dense CRF.",
  example: "crf --images set/JPEGImages --masks set/seeds --out refined --compare",
  config,
  run: apply,
});

async function apply(options: Config, context: Context): Promise<void> {
  const shard = parseShard(options.shard);
  const found = await findItems(options);
  const inputs = options.masks ? `masks of ${options.masks}` : `scores of ${options.scores}`;
  context.log(`${counted(found.items.length, "photograph")} of ${options.images} with ${inputs}`);
  for (const what of found.leftOut) context.log(`Left out: ${what}`);
  const all = shardOf(found.items, shard);
  const { images, masks, scores, keys, backgroundPower, certainty } = options;
  const from = { images, masks, scores, keys, backgroundPower, certainty };
  for (const { image } of all) checkKernels(crfSettings(options), await readImageSize(image));
  await noteOptions(options.out, { ...from, crf: crfSettings(options) });
  await outputFolder(options.out);
  const left = await unfinished(options.out, all, ({ id, image, input, output }) => ({
    ...{ id, inputs: [image, input], outputs: [output] },
  }), context.log);
  const { missing } = left;
  const changes: MaskChanges = new Map();
  if (missing.length > 0) {
    using dense = new DenseCrf(await context.device(), crfSettings(options));
    let done = all.length - missing.length;
    const progress = context.progress("crf", all.length, done);
    const finish = async ({ item, before }: Work, data: Uint8Array<ArrayBuffer>) => {
      const after = { width: before.width, height: before.height, data };
      await writeMask(item.output, after);
      await left.done(item);
      if (options.compare) compareMasks(before, after, changes);
      progress.update(++done, item.id);
    };
    try {
      const decided = dense.labelsOfAll(undecided(missing, options, context.signal, finish));
      for await (const [work, labels] of decided) {
        await finish(work, labels.map((label) => work.classes[label]));
      }
    } finally {
      progress.done();
    }
  }
  if (options.compare) await compareFinished(all, missing, changes, options);
  await notePart(options.out, {
    ...{ command: "crf", ...shard },
    list: await checksum(found.items.map(({ id }) => id).join("\n")),
    files: all.map(({ output }) => basename(output)),
    ...(options.compare && { report: [...changes] }),
  });
  context.log(
    `${missing.length} masks written to ${options.out}` +
      (all.length > missing.length ? `, ${all.length - missing.length} were there` : ""),
  );
  if (options.compare) { for (const line of changeTable(changes)) context.log(line); }
}

/** Reads what the CRF has to decide; with one class, or none, there is nothing and it is finished. */
async function* undecided(
  items: readonly Item[],
  options: Config,
  signal: AbortSignal,
  finish: (work: Work, data: Uint8Array<ArrayBuffer>) => Promise<void>,
): AsyncGenerator<Work> {
  for (const item of items) {
    signal.throwIfAborted();
    const work = await readWork(item, options);
    const { classes, before } = work;
    if (classes.length > 1) yield work;
    else if (classes.length === 0) await finish(work, before.data);
    else await finish(work, new Uint8Array(before.data.length).fill(classes[0]));
  }
}

async function readWork(item: Item, options: Config): Promise<Work> {
  const image = await readImage(item.image);
  if (options.scores) {
    const stack = await readScoreStack(item.input, image, options);
    const unary = unaryFromProbabilities(stack.scores);
    return { item, image, unary, classes: stack.classes, before: bestClasses(stack, image) };
  }
  const before = await readMask(item.input);
  requireSize(before, item.input, image, item.image);
  const classes = [...new Set(before.data)].filter((c) => c !== 255).sort((a, b) => a - b);
  const { scores } = maskStack(before, classes, options.certainty);
  return { item, image, unary: unaryFromProbabilities(scores), classes, before };
}

/** Masks of earlier runs count in the comparison too, where the labels before are in a file. */
async function compareFinished(
  all: readonly Item[],
  missing: readonly Item[],
  changes: MaskChanges,
  { masks }: Config,
): Promise<void> {
  if (!masks) return;
  const written = new Set(missing);
  for (const { input, output } of all.filter((item) => !written.has(item))) {
    compareMasks(await readMask(input), await readMask(output), changes);
  }
}
