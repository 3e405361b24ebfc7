import { join } from "@std/path";
import { DenseCrf } from "../crf/mod.ts";
import { writeCam } from "../data/scores/cam.ts";
import { checksum } from "../files/checksum.ts";
import { notePart } from "../files/parts.ts";
import { readImage, writeImage } from "../data/images/image.ts";
import { readLabels } from "../data/labels/labels.ts";
import { outputFolder } from "../files/output_folder.ts";
import { outputFile } from "../files/output_file.ts";
import { type Unfinished, unfinished } from "../files/unfinished.ts";
import { readMask, writeMask } from "../data/masks/mask.ts";
import { forSheet, named, type Picture } from "../data/images/picture.ts";
import { sheet } from "../data/images/sheet.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import { readBytes } from "../files/read_bytes.ts";
import { requireApart } from "../files/require_apart.ts";
import { openVoc } from "../data/sets/voc.ts";
import { crfSettings } from "../options/crf_options.ts";
import { noteOptions } from "../files/made_with.ts";
import { parseShard, shardOf } from "../options/shard.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { checkPrecision } from "../options/trained_options.ts";
import { sayData } from "../options/say_data.ts";
import type { Model } from "../segmentation/model_file.ts";
import { scaledSide } from "../segmentation/networks.ts";
import { noteKernels, takeKernels } from "../training/run_kernels.ts";
import { chosenSegmenter } from "./chosen_segmenter.ts";
import { type SegmentConfig, segmentConfig } from "./segment_config.ts";
import {
  crfMasks,
  type Photograph,
  type Segmented,
  segmented,
  viewCount,
} from "../segmentation/segmented.ts";
import { mergeViews, type SoftScores } from "../segmentation/soft_scores.ts";

/** Writes what a trained network makes of photographs: palette PNGs of their own sizes. */
export const segment: Command<typeof segmentConfig> = command({
  name: "segment",
  summary: "Write the masks that a trained network gives of photographs.",
  example: "segment --run runs/s --data DIR --list val --out masks --crf",
  config: segmentConfig,
  async run(config, context) {
    const trained = await chosenSegmenter(config);
    const { model, checkpoint } = trained;
    const photographs = await photographsOf(config, model, context);
    await requireApart(
      photographs.map(({ id }) => join(config.out, `${id}.png`)),
      photographs.map(({ image }) => image),
    );
    const { data, labels, restrict, scales, mirror, merge, probabilities } = config;
    await checkPrecision(model.precision, context);
    await noteOptions(config.out, { // masks that are there are kept: they must not be others
      ...{ network: await checksum(await readBytes(checkpoint.path)), step: checkpoint.step },
      ...{ data, labels, restrict, scales, mirror, merge, probabilities },
      precision: model.precision ?? "f32",
      crf: config.crf && crfSettings(config),
    });
    const shard = parseShard(config.shard);
    const all = shardOf(photographs, shard);
    for (const folder of [config.out, config.probabilities]) if (folder) await outputFolder(folder);
    if (config.sheet) await outputFile(config.sheet);
    const left = await unfinished(config.out, all, ({ id, image, allowed }) => ({
      ...{ id, inputs: [image], facts: { allowed }, outputs: [join(config.out, `${id}.png`)] },
    }), context.log);
    const { missing } = left;
    if (missing.length > 0) {
      const device = await context.device();
      const classes = model.classes.length;
      await takeKernels(config.out, device);
      using network = await trained.load(device);
      const { imageSize, keepAspect } = model;
      const sides = config.scales.map((scale) => scaledSide(model, scale));
      const { mirror, batch } = config;
      const views = { imageSize, keepAspect, sides, mirror, batch };
      const sums = config.crf || config.probabilities !== undefined;
      const found = segmented(device, network, missing, { classes, views, sums });
      using crf = config.crf ? new DenseCrf(device, crfSettings(config)) : undefined;
      const count = viewCount(views);
      const masks = crf ? crfMasks(crf, found, { merge: config.merge, count }) : found;
      await writeAll(masks, left, all.length, count, config, context);
      await noteKernels(config.out, device);
    }
    await notePart(config.out, {
      ...{ command: "segment", ...shard },
      list: await checksum(photographs.map(({ id }) => id).join("\n")),
      files: all.map(({ id }) => `${id}.png`),
    });
    if (config.sheet) await writeSheet(config.sheet, all.slice(0, 8), config.out, model.classes);
    const rest = all.length - missing.length;
    context.log(
      `${missing.length} masks written to ${config.out}` + (rest > 0 ? `, ${rest} were there` : ""),
    );
  },
});

interface KnownPhotograph extends Photograph {
  /** Path of its true mask, which may not exist. */
  readonly truth: string;
}

async function photographsOf(
  { data, list, labels: from, restrict }: SegmentConfig,
  { classes }: Pick<Model, "classes">,
  { log }: Context,
): Promise<KnownPhotograph[]> {
  const voc = await openVoc(data, { list, labels: from, classes });
  const read = restrict ? await readLabels(voc) : undefined;
  sayData(log, voc, read);
  const labels = read?.labels;
  return voc.items.map(({ id, image, mask: truth }) => {
    return { id, image, truth, allowed: labels && [0, ...labels.get(id)!] };
  });
}

async function writeAll(
  masks: AsyncIterable<Segmented>,
  left: Unfinished<Photograph>,
  all: number,
  count: number,
  { out, probabilities, merge }: SegmentConfig,
  { progress, signal }: Context,
): Promise<void> {
  let done = all - left.missing.length;
  const display = progress("segment", all, done);
  try {
    for await (const { photograph, mask, sum } of masks) {
      const { id } = photograph;
      signal.throwIfAborted();
      if (probabilities && sum) {
        mergeViews(sum.data, sum.classes.length, count, merge);
        await writeCam(join(probabilities, `${id}.npy`), planes(sum), { form: "array" });
      }
      await writeMask(join(out, `${id}.png`), mask); // last: it says that the photograph is done
      await left.done(photograph);
      display.update(++done, id);
    }
  } finally {
    display.done();
  }
}

/** Draws photographs beside their masks, which are in a folder, and beside the truth where there is one. */
async function writeSheet(
  path: string,
  photographs: readonly KnownPhotograph[],
  masks: string,
  classes: readonly string[],
) {
  const rows: Picture[][] = [];
  for (const { id, image, truth } of photographs) {
    const photograph = await readImage(image);
    const judged = await shownTruth(truth, photograph);
    const mask = judged.mask(await readMask(join(masks, `${id}.png`)), "mask");
    const row = [named(photograph, id), mask, ...judged.pictures];
    rows.push(row.map(forSheet));
  }
  await writeImage(path, sheet(rows, { classes }));
}

function planes({ classes, width, height, data }: SoftScores) {
  const area = width * height;
  return new Map(classes.map((c, i) => {
    return [c, { width, height, data: data.subarray(i * area, (i + 1) * area) }];
  }));
}
