import { join } from "@std/path";
import { DenseCrf } from "../crf/mod.ts";
import { checksum } from "../files/checksum.ts";
import { notePart } from "../files/parts.ts";
import { findScores } from "../data/scores/find_scores.ts";
import { readLabels } from "../data/labels/labels.ts";
import { outputFolder } from "../files/output_folder.ts";
import { type Unfinished, unfinished } from "../files/unfinished.ts";
import { writeMask } from "../data/masks/mask.ts";
import type { MadeOf } from "../files/input_notes.ts";
import { readBytes } from "../files/read_bytes.ts";
import { type CrfOptions, crfSettings } from "../options/crf_options.ts";
import { openData } from "../options/data_options.ts";
import { given } from "../options/given.ts";
import { noteOptions } from "../files/made_with.ts";
import { parseShard, shardOf } from "../options/shard.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { checkPrecision } from "../options/trained_options.ts";
import { sayData } from "../options/say_data.ts";
import { noteKernels, takeKernels } from "../training/run_kernels.ts";
import { writePreview } from "../psa/pictures.ts";
import { trainedAffinity } from "../psa/trained_affinity.ts";
import {
  checkBackground,
  walkConfig,
  type WalkDefaults,
  walkDefaults,
} from "../psa/walk_config.ts";
import { type WalkItem, walks, type WalkSetting } from "../psa/walks.ts";

/** Lets the scores of activation maps walk over affinities. */
export const walk: Command<typeof walkConfig> = command({
  name: "walk",
  summary:
    "Spread activation maps by a random walk over affinities: score maps, masks and their CRF.",
  example: "walk --run runs/b --out walk --previews heat",
  config: walkConfig,
  async run(options, context) {
    const affinity = await trainedAffinity(options);
    const { config: trained, checkpoint } = affinity;
    checkBackground(options, affinity);
    const config = { ...walkDefaults(affinity), ...given(options) };
    const data = { ...trained, ...given(options, ["data", "list", "labels", "classes", "scores"]) };
    const voc = await openData(data);
    const read = await readLabels(voc);
    sayData(context.log, voc, read);
    context.log(wayOf(config, affinity.boundaries));
    const { labels, source } = read;
    const shown = voc.items.filter(({ id }) => labels.get(id)!.length > 0);
    const scores = await findScores(voc.root, data.scores, shown.map(({ id }) => id));
    for (const what of scores.leftOut) context.log(`Left out: ${what}`);
    const { shard, backgroundPower: alpha, beta, logSteps, mapStride: stride, format } = config;
    await checkPrecision(trained.precision, context);
    await noteOptions(config.out, {
      ...{ network: await checksum(await readBytes(checkpoint.path)), step: checkpoint.step },
      ...{ data: voc.root, labels: source, precision: trained.precision },
      ...{ scores: scores.path, scoresMade: scores.made, alpha, beta, logSteps, stride, format },
      ...(affinity.boundaries && { alpha: undefined, background: config.background }),
      ...(config.crf && { crf: crfSettings(config) }),
    });
    for (const name of ["", "masks", "crf"]) {
      if (name !== "crf" || config.crf) await outputFolder(join(config.out, name));
    }
    if (config.previews) await outputFolder(config.previews);
    const own = parseShard(shard);
    const items = shardOf(voc.items, own).map(({ id, image, mask: truth }): WalkItem => ({
      id,
      image,
      truth,
      labels: labels.get(id)!,
      cam: join(scores.path, `${id}.npy`),
      scores: join(config.out, `${id}.npy`),
      mask: join(config.out, "masks", `${id}.png`),
      crf: config.crf ? join(config.out, "crf", `${id}.png`) : undefined,
      preview: config.previews && join(config.previews, `${id}.png`),
    }));
    const left = await unfinished(config.out, items, madeOf, context.log);
    const { missing } = left;
    if (missing.length > 0) {
      const device = await context.device();
      await takeKernels(config.out, device);
      using walker = await affinity.load(device);
      await walkAll(
        left,
        items.length,
        { ...config, radius: trained.radius, walker, names: voc.classes },
        context,
      );
      await noteKernels(config.out, device);
    }
    await notePart(config.out, {
      ...{ command: "walk", ...own, list: voc.listChecksum },
      files: items.map(({ id }) => `${id}.npy`),
    });
    context.log(
      `${missing.length} scores in ${config.out}, masks in ${join(config.out, "masks")}` +
        (config.crf ? `, their CRF in ${join(config.out, "crf")}` : "") +
        (missing.length < items.length ? `; ${items.length - missing.length} were there` : ""),
    );
  },
});

function wayOf({ beta, logSteps, background }: WalkDefaults, boundaries: boolean): string {
  const steps = `power ${beta}, 2^${logSteps} steps`;
  return boundaries
    ? `The scores of classes walk over IRN's class boundaries, ${steps}; the background is ${background}`
    : `Scores walk over affinities, ${steps}`;
}

type Setting = WalkSetting & CrfOptions & {
  readonly crf: boolean;
  /** Class names, background first. */
  readonly names: readonly string[];
};

/** Walks, and while the next scores walk, what the CRF makes of the ones before. */
async function walkAll(
  { missing, done: finish }: Unfinished<WalkItem>,
  total: number,
  setting: Setting,
  context: Context,
): Promise<void> {
  let done = total - missing.length;
  const device = await context.device();
  const display = context.progress("walk", total, done);
  const walked = walks(missing, setting, context.signal);
  using crf = new DenseCrf(device, crfSettings(setting));
  const results = setting.crf ? crf.labelsOfAll(walked) : async function* () {
    for await (const one of walked) yield [one, undefined] as const;
  }();
  for await (const [{ item, image, stack, mask }, labels] of results) {
    const { width, height } = image;
    const refined = labels &&
      { width, height, data: labels.map((label) => stack.classes[label]) };
    if (item.crf && refined) await writeMask(item.crf, refined);
    if (item.preview) {
      const masks = refined ? [mask, refined] : [mask];
      await writePreview(item.preview, image, stack, masks, item.truth, setting.names);
    }
    await finish(item);
    display.update(++done);
  }
  display.done();
  context.signal.throwIfAborted();
}

function madeOf({ id, image, labels, cam, scores, mask, crf, preview }: WalkItem): MadeOf {
  const outputs = [scores, mask, crf, preview].filter((path) => path !== undefined);
  return { id, inputs: labels.length > 0 ? [image, cam] : [image], facts: { labels }, outputs };
}
