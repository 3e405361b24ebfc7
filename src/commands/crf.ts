import { basename } from "@std/path";
import * as z from "zod";
import { DenseCrf } from "../crf/mod.ts";
import { outputFolder } from "../files/output_folder.ts";
import { unfinished } from "../files/unfinished.ts";
import { readMask, writeMask } from "../data/masks/mask.ts";
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
import { decideMasks } from "./crf_masks.ts";
import { changeTable, compareMasks, type MaskChanges } from "./mask_changes.ts";
import { leavesIdle, onOwnDevices } from "./own_devices.ts";

/** Pixels of photographs of which a device does several at once, which is faster than each by itself. */
const TOGETHER = 2 ** 15;

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
  let least = Infinity;
  for (const { image } of all) {
    const size = await readImageSize(image);
    checkKernels(crfSettings(options), size);
    least = Math.min(least, size.width * size.height);
  }
  await noteOptions(options.out, { ...from, crf: crfSettings(options) });
  await outputFolder(options.out);
  const left = await unfinished(options.out, all, ({ id, image, input, output }) => ({
    ...{ id, inputs: [image, input], outputs: [output] },
  }), context.log);
  const { missing } = left;
  const changes: MaskChanges = new Map();
  if (missing.length > 0) {
    const device = await context.device();
    using dense = new DenseCrf(device, crfSettings(options));
    let done = all.length - missing.length;
    const progress = context.progress("crf", all.length, done);
    const photographs = { images: missing, processes: shard.count };
    const divided = least > TOGETHER && await leavesIdle(device, photographs, context);
    const setting = { crf: crfSettings(options), reading: from };
    try {
      const decided = divided
        ? onOwnDevices("crf", device, setting, missing)
        : decideMasks(dense, missing, from, context.signal);
      for await (const { item, before, after } of decided) {
        await writeMask(item.output, after);
        await left.done(item);
        if (options.compare) compareMasks(before, after, changes);
        progress.update(++done, item.id);
        if (divided) context.signal.throwIfAborted(); // the others draw no more then, and end
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
