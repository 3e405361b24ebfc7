import { join } from "@std/path";
import { type CrfOptions, DenseCrf } from "../crf/mod.ts";
import { checksum } from "../files/checksum.ts";
import { notePart } from "../files/parts.ts";
import { findScores } from "../data/scores/find_scores.ts";
import { readLabels } from "../data/labels/labels.ts";
import { outputFolder } from "../files/output_folder.ts";
import { type Unfinished, unfinished } from "../files/unfinished.ts";
import type { MadeOf } from "../files/input_notes.ts";
import { readBytes } from "../files/read_bytes.ts";
import { crfSettings } from "../options/crf_options.ts";
import { openData } from "../options/data_options.ts";
import { given } from "../options/given.ts";
import { noteOptions } from "../files/made_with.ts";
import { parseShard, shardOf } from "../options/shard.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { checkPrecision } from "../options/trained_options.ts";
import { sayData } from "../options/say_data.ts";
import { noteKernels, takeKernels } from "../training/run_kernels.ts";
import { type TrainedAffinity, trainedAffinity } from "../psa/trained_affinity.ts";
import {
  checkBackground,
  type WalkConfig,
  walkConfig,
  type WalkDefaults,
  walkDefaults,
} from "../psa/walk_config.ts";
import { type MasksSetting, walkAll, type WalkItem } from "../psa/walks.ts";
import { leavesIdle, onOwnDevices } from "./own_devices.ts";

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
      const setting = {
        ...{ radius: trained.radius, names: voc.classes, beta, logSteps, mapStride: stride },
        ...{ format, backgroundPower: alpha, background: config.background },
        crf: config.crf ? crfSettings(config) : undefined,
      };
      const earlier = items.length - missing.length;
      await walkMissing(left, earlier, affinity, setting, options, context);
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

type Setting = Omit<MasksSetting, "walker"> & { readonly crf?: CrfOptions };

async function walkMissing(
  { missing, done: finish }: Unfinished<WalkItem>,
  earlier: number,
  affinity: TrainedAffinity,
  { crf, ...setting }: Setting,
  { out, run, weights, network, precision, data, shard }: WalkConfig,
  context: Context,
): Promise<void> {
  const { progress, signal } = context;
  const device = await context.device();
  await takeKernels(out, device);
  const display = progress("walk", earlier + missing.length, earlier);
  let done = earlier;
  const note = async (walked: AsyncIterable<WalkItem>) => {
    for await (const item of walked) {
      await finish(item);
      display.update(++done);
      signal.throwIfAborted();
    }
    display.done();
  };
  const photographs = { images: missing, processes: parseShard(shard).count };
  if (await leavesIdle(device, photographs, context)) {
    const trained = { run, weights, network, precision, data };
    return await note(onOwnDevices("walk", device, { ...setting, crf, trained }, missing));
  }
  using walker = await affinity.load(device);
  using dense = crf && new DenseCrf(device, crf);
  await note(walkAll(dense, { ...setting, walker }, missing, signal));
  await noteKernels(out, device);
}

function madeOf({ id, image, labels, cam, scores, mask, crf, preview }: WalkItem): MadeOf {
  const outputs = [scores, mask, crf, preview].filter((path) => path !== undefined);
  return { id, inputs: labels.length > 0 ? [image, cam] : [image], facts: { labels }, outputs };
}
