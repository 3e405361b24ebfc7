import { encodeImage, type Image } from "../data/images/image.ts";
import { sheet } from "../data/images/picture.ts";
import type { Device } from "../gpu/mod.ts";
import { checkWeights } from "../options/backbone_options.ts";
import type { FeatureCache } from "./feature_cache.ts";
import type { DataOptions } from "../options/data_options.ts";
import { RunFolder } from "./run_folder.ts";
import { mayChange } from "../options/run_options.ts";
import type { Context } from "../options/command.ts";
import { train } from "./train.ts";
import type { BatchPlan, Sample } from "./batches.ts";
import { memoryEstimate } from "./memory.ts";
import { writeModel } from "../segmentation/model_file.ts";
import { checkNetworkOptions, partsState } from "../segmentation/networks.ts";
import type { NetworkOptions, TrainingOptions } from "../options/training_options.ts";
import { openSource } from "./source.ts";
import { type Method, trainingOf } from "./training.ts";
import { openValidation, requireValidation } from "../segmentation/validation.ts";

/** The photographs of a training and what its classes are called. */
export interface TrainingSet {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The photographs. */
  readonly samples: readonly Sample[];
}

/** The networks of a training with their losses; disposing of it gives their memory back. */
export interface Trainee extends Method, Disposable {
  /** Draws what the networks make of the first photographs: rows of pictures. */
  preview(cache: FeatureCache | undefined): Promise<Image[][]>;
}

/** What one training command has that others have not. */
export interface Trainer {
  /** Reads and checks which photographs and masks there are, before the run begins. */
  samples(): Promise<TrainingSet>;
  /** Whether the losses look at the photographs' colours. */
  readonly colours?: boolean;
  /** Makes the networks. */
  build(device: Device, set: TrainingSet): Promise<Trainee>;
}

/**
 * Runs a training from its options to its last checkpoint.
 *
 * @throws {InputError} when an option, a file or the run folder does not fit.
 */
export async function runTrainer(
  config: DataOptions & TrainingOptions & NetworkOptions,
  context: Context,
  trainer: Trainer,
): Promise<void> {
  const { resume, overwrite, ...fixed } = config;
  const options = { resume, overwrite, mayChange: [...mayChange, "memory"] };
  checkNetworkOptions(config);
  await checkWeights(config, context);
  await RunFolder.check(config.out, fixed, options);
  if (config.validation) await requireValidation(config, config.validation);
  const set = await trainer.samples();
  const classes = set.classes.length;
  const plan: BatchPlan = {
    samples: set.samples,
    size: config.batch,
    accumulate: config.accumulate,
    imageSize: config.imageSize,
    classes,
    seed: config.seed,
    colours: trainer.colours,
  };
  const device = await context.device();
  const estimate = await rehearsed(device, trainer, set, plan, config);
  using run = await RunFolder.open(config.out, fixed, options);
  await writeModel(run.path, config, set.classes);
  context.log(estimate);
  using trainee = await trainer.build(device, set);
  using source = await openSource(device, trainee.network, plan, config, context);
  using judge = config.validation
    ? await openValidation(device, trainee.network, classes, config, config.validation, context)
    : undefined;
  const training = trainingOf(trainee, source, plan, config);
  const validation = judge && {
    judge: judge.judge,
    every: Math.max(1, Math.round(config.validateEvery * training.stepsPerEpoch)),
    state: partsState(trainee.parts),
  };
  const preview = async (step: number) => {
    const rows = await trainee.preview(source.cache);
    await run.preview(`step-${String(step).padStart(8, "0")}.png`, encodeImage(sheet(rows)));
  };
  const intervals = { log: config.logEvery, save: config.saveEvery };
  try {
    await train(run, { ...training, preview, validation }, intervals, context);
  } finally {
    for (const [, tensor] of training.state) tensor.release();
  }
}

/** What a step will take, of networks that are made for this question alone. */
async function rehearsed(
  device: Device,
  trainer: Trainer,
  set: TrainingSet,
  plan: BatchPlan,
  config: TrainingOptions,
): Promise<string> {
  using trainee = await trainer.build(device, set);
  return memoryEstimate(device, trainee, plan, config);
}
