import type * as z from "zod";
import { encodeImage } from "../data/images/image.ts";
import type { Picture } from "../data/images/picture.ts";
import { sheet } from "../data/images/sheet.ts";
import { InputError } from "../files/error.ts";
import { counted } from "../files/listed.ts";
import { encoderNotes, isPublished } from "../weights/encoder_file.ts";
import type { Device } from "../gpu/mod.ts";
import {
  type BackboneChoice,
  checkWeights,
  type VariantChoice,
  variantOf,
} from "../options/backbone_options.ts";
import type { Command, Context } from "../options/command.ts";
import { mayChange } from "../options/run_options.ts";
import type { TrainingOptions } from "../options/training_options.ts";
import type { BatchPlan, Inputs, Sample } from "./batches.ts";
import type { FeatureCache } from "./feature_cache.ts";
import { memoryEstimate } from "./memory.ts";
import { partsState } from "./parts.ts";
import { savedOptions } from "./run.ts";
import { RunFolder } from "./run_folder.ts";
import { fixKernels } from "./run_kernels.ts";
import { openSource } from "./source.ts";
import { checkRanks, sayRanks } from "./ranks.ts";
import { follow, train } from "./train.ts";
import { type Method, trainingOf } from "./training.ts";
import type { Figures } from "./validation.ts";

/** The photographs of a training and what its classes are called. */
export interface TrainingSet<S extends Sample> {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The photographs. */
  readonly samples: readonly S[];
}

/** A list of photographs on which networks are measured; disposing of it closes what it keeps open. */
export interface ValidationSet extends Disposable {
  /** Measures the networks as they are. */
  measure(): Promise<Figures>;
}

/** The networks of a training with their losses; disposing of it gives their memory back. */
export interface Trainee<S extends Sample, Item> extends Method<Item>, Disposable {
  /** How photographs become what the networks see. */
  readonly inputs: Inputs<S, Item>;
  /** Sets what follows from the kept features of a frozen encoder. */
  prepare?(cache: FeatureCache): Promise<void>;
  /** Draws what the networks make of the first photographs: rows of pictures. */
  preview(cache: FeatureCache | undefined): Promise<Picture[][]>;
  /** Opens the list of `--validation`. */
  validation(list: string): Promise<ValidationSet>;
  /** Says or writes what is to be known at the end. */
  finish?(): Promise<void>;
}

/** What one training has that others have not. */
export interface Trainer<S extends Sample, Item> {
  /** What is trained, and the words of the command that uses it. */
  readonly makes: readonly [what: string, next: string];
  /** Checks options and reads which photographs there are: all that can be refused before the run. */
  samples(): Promise<TrainingSet<S>>;
  /** Writes what a run folder says besides the options, such as the names of the classes. */
  note?(run: string, set: TrainingSet<S>): Promise<void>;
  /** Makes the networks. */
  build(device: Device, set: TrainingSet<S>): Promise<Trainee<S, Item>>;
}

/** The options that every training has, whatever their defaults. */
export type TrainerConfig =
  & TrainingOptions
  & VariantChoice
  & Pick<BackboneChoice, "trainFrom" | "dilate">
  & { readonly outputStride?: BackboneChoice["outputStride"] };

/**
 * Runs a training from its options to its last checkpoint: options, files and data are checked
 * first, then the device is opened, the memory of a step forecast, and the run folder written.
 *
 * @param command the training, whose schema reads the options of earlier runs
 * @param complete fills in the options that depend on others
 * @throws {InputError} when an option, a file or the run folder does not fit.
 */
export async function runTrainer<Config extends TrainerConfig, S extends Sample, Item>(
  { name, config: schema }: Pick<Command<z.ZodObject>, "name" | "config">,
  config: Config,
  context: Context,
  trainer: Trainer<S, Item>,
  complete: (config: Config) => Config = (config) => config,
): Promise<void> {
  const { resume, overwrite, ...fixed } = config;
  const completed = (saved: object) => {
    const read = savedOptions(schema, name, config.out, saved) as Config;
    const { resume: _, overwrite: __, ...before } = complete(read);
    return { ...before, variant: variantOf(read) };
  };
  const options = { resume, overwrite, mayChange, completed };
  await checkWeights(config, context);
  const { ranks } = context;
  const first = !ranks || ranks.rank === 0; // it alone writes the run
  if (first) await RunFolder.check(config.out, fixed, options);
  const plan = { ...config, place: ranks };
  const set = await firstOne(context, () => trainer.samples());
  if (ranks) await checkRanks(ranks, config, set);
  const device = await context.device();
  if (ranks) await sayRanks(ranks, device, config, context);
  const estimate = await rehearsed(device, trainer, set, plan);
  using run = first ? await RunFolder.open(config.out, fixed, options) : undefined;
  await run?.started(name, device.description);
  await firstOne(context, () => fixKernels(config.out, device, context));
  if (run) await trainer.note?.(run.path, set);
  context.log(estimate);
  using trainee = await trainer.build(device, set);
  using source = await firstOne(
    context,
    () => openSource(device, trainee.inputs, set.samples, plan, context),
  );
  if (source.cache) await trainee.prepare?.(source.cache);
  using training = trainingOf(trainee, source, set.samples.length, config, context);
  const intervals = { log: config.logEvery, save: config.saveEvery };
  if (!run) {
    const other = { path: config.out, resume: resume === true };
    return await follow({ ...training, team: training.team! }, intervals, other, context);
  }
  using validation = config.validation ? await trainee.validation(config.validation) : undefined;
  const { stepsPerEpoch } = training;
  const preview = async (step: number) => {
    try {
      const rows = await trainee.preview(source.cache);
      await run.preview(step, encodeImage(sheet(rows, { classes: set.classes, width: 1320 })));
    } catch (error) { // a picture is not worth a training
      if (!(error instanceof InputError)) throw error;
      context.log(`No preview of step ${step}: ${error.message}`);
    }
  };
  // A checkpoint may be the weights of another training, which must know how the network pads and strides.
  const { network, variant, dilate, outputStride } = config;
  const stride = isPublished(network) ? { outputStride } : {};
  const own = encoderNotes({ variant, dilate, ...stride });
  const notes = { ...own, ...(ranks && { ranks: String(ranks.size) }) };
  const validated = validation && {
    notes,
    list: config.validation!,
    every: Math.max(1, Math.round(config.validateEvery * stepsPerEpoch)),
    state: trainee.state ?? partsState(trainee.parts),
    measure: () => validation.measure(),
  };
  if (training.steps < FEW) {
    const steps = counted(training.steps, "step");
    context.log(`Only ${steps}, which is little: with few photographs more epochs help.`);
  }
  await train(run, { ...training, notes, preview, validation: validated }, intervals, context);
  await trainee.finish?.();
  const [what, next] = trainer.makes;
  context.log(`${what} in ${config.out}; ${next} uses it.`);
}

/** Steps below which a network has hardly begun to learn. */
const FEW = 30;

/** What a step will take, of networks that are made for this question alone. */
async function rehearsed<S extends Sample, Item>(
  device: Device,
  trainer: Trainer<S, Item>,
  set: TrainingSet<S>,
  config: TrainerConfig & BatchPlan,
): Promise<string> {
  using trainee = await trainer.build(device, set);
  return await memoryEstimate(trainee, set.samples, config);
}

/** Work that writes what others find, done by the first rank before the others do it. */
async function firstOne<T>({ ranks }: Context, work: () => Promise<T>): Promise<T> {
  return ranks ? await ranks.firstOne(work) : await work();
}
