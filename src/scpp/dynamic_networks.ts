import { InputError } from "../files/error.ts";
import { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { parameters, releaseState, state } from "../nn/mod.ts";
import { type Checkpoint, readRun } from "../training/run.ts";
import { loadCheckpoint } from "../training/train.ts";
import { sgdUpdate, sub as minus } from "../wgsl/mod.ts";
import type { DynamicNetworks } from "./dynamic_step.ts";
import type { NetworkOptions, PredictorOptions } from "../options/network_options.ts";
import { buildSegmenter, type SegmenterOptions } from "../segmentation/networks.ts";
import type { Decoder } from "../segmentation/mod.ts";
import type { Parts } from "../training/parts.ts";
import { buildPredictor } from "./networks.ts";
import { readStaticConfig } from "./static_config.ts";

/** The networks of dynamic refinement; disposing of them gives their memory back. */
export interface DynamicSet extends DynamicNetworks, Disposable {}

/**
 * Both branches and both change predictors with fresh weights, and the encoder's published ones where
 * the options name a file.
 *
 * @param average whether an average of the main branch is kept, see {@linkcode followMain}
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildDynamic(
  device: Device,
  options: SegmenterOptions & PredictorOptions,
  classes: number,
  seed: number | string,
  average: boolean,
): Promise<DynamicSet> {
  const segmenter = await buildSegmenter(device, options, classes, seed);
  const random = new Random(seed);
  const branch = (name: string) => segmenter.branch(random.fork(name));
  const predictor = (name: string) =>
    buildPredictor(device, segmenter, options, classes, random.fork(name));
  const sub = branch("sub");
  const teacher = average ? branch("teacher") : undefined;
  const [first, second] = [predictor("first"), predictor("second")];
  return {
    segmenter,
    sub,
    first,
    second,
    teacher,
    [Symbol.dispose]() {
      segmenter[Symbol.dispose]();
      for (const part of [sub.head, first, second, teacher?.head]) if (part) releaseState(part);
    },
  };
}

/** What training changes. */
export function dynamicParts({ segmenter, sub, first, second }: DynamicNetworks): Parts {
  return { segmenter: segmenter.trained, sub: sub.head, first, second };
}

/**
 * The checkpoint of a run of static training with the very networks that the options say.
 *
 * @throws {InputError} when there is no such run, or it is of other networks.
 */
export async function readStart(
  path: string,
  options: NetworkOptions & PredictorOptions,
): Promise<Checkpoint> {
  const { config, checkpoint } = await readRun(path);
  const trained = readStaticConfig(path, config);
  const names = [
    ...["network", "weights", "width", "depth", "widthDivisor", "outputStride", "dilate"] as const,
    ...["head", "trainFrom", "trainNorms", "predictorWidth"] as const,
  ];
  // The variant follows from the weights, which are the same; runs of earlier versions do not say it.
  const other = names.find((name) => trained[name] !== options[name]);
  if (other === undefined) return checkpoint;
  const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new InputError(
    `Cannot start from ${path}: it was trained with ${flag} ${
      trained[other] ?? "not given"
    }, not ` +
      `${options[other] ?? "without"}. Give the same options as that run.`,
  );
}

/**
 * Gives the encoder, both branches and both predictors the values that a run of static training
 * ended with.
 *
 * @throws {InputError} when the checkpoint is damaged or has other classes.
 */
export async function startFrom(
  checkpoint: Checkpoint,
  { segmenter, sub, first, second }: DynamicNetworks,
): Promise<void> {
  await loadCheckpoint(checkpoint, [
    ...state(segmenter.trained, "segmenter"),
    ...state(sub.head, "segmenter"),
    ...state(first, "predictor"),
    ...state(second, "predictor"),
  ]);
}

/** Sets the average of the main branch to what the branch is now. */
export function copyMain({ segmenter, teacher }: DynamicNetworks): void {
  for (const [own, other] of pairsOf(segmenter, teacher, state)) {
    own.device.copy(other.storage, own.storage, 4 * own.size);
  }
}

/** Moves the average of the main branch towards what the branch is now: t = decay t + (1 - decay) w. */
export function followMain({ segmenter, teacher }: DynamicNetworks, decay: number): void {
  for (const [own, other] of pairsOf(segmenter, teacher, parameters)) {
    const ahead = minus(own, other);
    sgdUpdate(own, ahead, undefined, { lr: 1 - decay });
    ahead.release();
  }
}

/** The tensors of the average with those of the branch. */
function* pairsOf(main: Decoder, teacher: Decoder | undefined, list: typeof state) {
  if (!teacher) return;
  const others = new Map(list(main.head));
  for (const [path, own] of list(teacher.head)) yield [own, others.get(path)!] as const;
}
