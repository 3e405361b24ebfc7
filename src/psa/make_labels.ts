import { join } from "@std/path";
import { type CrfInput, DenseCrf, unaryFromProbabilities } from "../crf/mod.ts";
import { findScores } from "../data/scores/find_scores.ts";
import { type Image, readImage } from "../data/images/image.ts";
import { readLabels } from "../data/labels/labels.ts";
import { noteOptions, ownFolder } from "../files/made_with.ts";
import { outputFolder } from "../files/output_folder.ts";
import { unfinished } from "../files/unfinished.ts";
import type { Device } from "../gpu/mod.ts";
import { type Mask, writeMask } from "../data/masks/mask.ts";
import { background, readScoreStack, type ScoreStack } from "../data/scores/score_stack.ts";
import { type CrfOptions, crfSettings } from "../options/crf_options.ts";
import { openData } from "../options/data_options.ts";
import type { Context } from "../options/command.ts";
import { sayData } from "../options/say_data.ts";
import type { TrainingSet } from "../training/trainer.ts";
import { affinityLabels } from "./affinity_labels.ts";
import type { AffinitySample } from "./inputs.ts";
import type { LabelOptions } from "./options.ts";

/**
 * The affinity labels of a list of photographs, written under `folder`, in a folder of their own for
 * each choice of options; those already there are used.
 *
 * @param elsewhere computes them otherwise than {@linkcode labelsOfAll} on the context's device
 * @throws {InputError} when a photograph, its labels or its scores are missing or do not fit.
 */
export async function makeLabels(
  options: LabelOptions & CrfOptions,
  folder: string,
  context: Context,
  elsewhere: (
    device: Device,
    setting: LabelSetting,
    samples: readonly AffinitySample[],
  ) => Promise<AsyncIterable<Mask> | undefined> = () => Promise.resolve(undefined),
): Promise<TrainingSet<AffinitySample>> {
  const voc = await openData(options);
  const read = await readLabels(voc);
  sayData(context.log, voc, read);
  const { labels } = read;
  const shown = voc.items.filter(({ id }) => labels.get(id)!.length > 0);
  const scores = await findScores(voc.root, options.scores, shown.map(({ id }) => id));
  const { gridStride: stride, longSide } = options;
  const { lowBackgroundPower, highBackgroundPower } = options;
  const [lowAlpha, highAlpha] = [lowBackgroundPower, highBackgroundPower];
  const { made, path, leftOut } = scores;
  for (const what of leftOut) context.log(`Left out: ${what}`);
  const crfOptions = crfSettings(options);
  const all = { root: voc.root, path, made, stride, lowAlpha, highAlpha, crf: crfOptions };
  const own = await ownFolder(folder, "affinity", all);
  const samples = voc.items.map(({ id, image, mask: truth }): AffinitySample => {
    return { id, image, truth, target: join(own, `${id}.png`), labels: labels.get(id)! };
  });
  const left = await unfinished(own, samples, ({ id, image, target, labels }) => {
    const inputs = labels.length > 0 ? [image, join(path, `${id}.npy`)] : [image];
    return { id, inputs, facts: { labels }, outputs: [target] };
  }, context.log);
  const { missing } = left;
  const set = { classes: voc.classes, samples };
  if (missing.length === 0) return set;
  await noteOptions(own, all);
  await outputFolder(own);
  const device = await context.device();
  const { signal } = context;
  const setting = {
    lowBackgroundPower,
    highBackgroundPower,
    stride,
    longSide,
    path,
    crf: crfOptions,
  };
  const earlier = samples.length - missing.length;
  let done = 0;
  const display = context.progress("labels", samples.length, earlier);
  using crf = new DenseCrf(device, crfOptions);
  const masks = await elsewhere(device, setting, missing) ??
    labelsOfAll(crf, setting, missing, signal);
  for await (const mask of masks) {
    const sample = missing[done++];
    await writeMask(sample.target, mask);
    await left.done(sample);
    display.update(earlier + done);
    signal.throwIfAborted();
  }
  display.done();
  return set;
}

/** How affinity labels are decided. */
export interface LabelSetting {
  /** Power of the larger background. */
  readonly lowBackgroundPower: number;
  /** Power of the smaller background. */
  readonly highBackgroundPower: number;
  /** Side of a cell of the walk's grid, pixels of what the encoder sees. */
  readonly stride: number;
  /** The long side of that, where it is not the photograph's own. */
  readonly longSide?: number;
  /** Folder of the score maps. */
  readonly path: string;
  /** The two CRFs. */
  readonly crf: ReturnType<typeof crfSettings>;
}

/** The affinity labels of photographs, in their order. */
export async function* labelsOfAll(
  crf: DenseCrf,
  setting: LabelSetting,
  samples: readonly AffinitySample[],
  signal?: AbortSignal,
): AsyncGenerator<Mask, void, void> {
  const { stride, longSide } = setting;
  let low: ScoreStack | undefined;
  const views = readViews(samples, setting, signal);
  for await (const [{ image, classes }, scores] of crf.probabilitiesOfAll(views)) {
    const stack = { classes, scores };
    if (low === undefined) {
      low = stack;
      continue;
    }
    const seen = longSide ?? Math.max(image.width, image.height);
    const block = Math.max(1, Math.round(stride * Math.max(image.width, image.height) / seen));
    yield affinityLabels(low, stack, image, block);
    low = undefined;
  }
}

/** The energies of a photograph's classes with one of its two backgrounds. */
interface View extends CrfInput {
  readonly image: Image;
  readonly classes: readonly number[];
}

/** Of each photograph that with the larger background, then that with the smaller. */
async function* readViews(
  samples: readonly AffinitySample[],
  { lowBackgroundPower, highBackgroundPower, path: folder }: LabelSetting,
  signal?: AbortSignal,
): AsyncGenerator<View> {
  for (const { id, labels, image: photograph } of samples) {
    signal?.throwIfAborted();
    const image = await readImage(photograph);
    const path = join(folder, `${id}.npy`);
    const { classes, scores } = await readScoreStack(path, image, { labels, backgroundPower: 1 });
    const area = image.width * image.height;
    const planes = scores.subarray(area);
    const shared = unaryFromProbabilities(planes);
    for (const power of [lowBackgroundPower, highBackgroundPower]) {
      const unary = new Float32Array(scores.length);
      unary.set(unaryFromProbabilities(background(planes, area, power)));
      unary.set(shared, area);
      yield { image, classes, unary };
    }
  }
}
