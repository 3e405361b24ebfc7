import type { Device } from "../gpu/mod.ts";
import { InputError } from "../files/error.ts";
import { overwrite } from "../nn/mod.ts";
import {
  requireData,
  runOrWeights,
  type TrainedOptions,
  withPrecision,
} from "../options/trained_options.ts";
import { fromStart } from "../training/from_start.ts";
import { type Checkpoint, readRun } from "../training/run.ts";
import { loadCheckpoint } from "../training/train.ts";
import { encoderShape, readEncoder } from "../weights/encoder_file.ts";
import { entry, float32 } from "../weights/entry.ts";
import {
  type ClassifierConfig,
  classifierConfig,
  complete,
  readClassifierConfig,
} from "./classifier_config.ts";
import { buildClassifier, type ClassifierNetwork } from "./classifier_network.ts";

/** A classifier that was trained, before it is loaded. */
export interface TrainedClassifier {
  /** Its options; of a published one, those that it needs. */
  readonly config: ClassifierConfig;
  /** The file that holds it. */
  readonly checkpoint: Checkpoint;
  /** How many classes a published one knows, background included; those of a run are its data's. */
  readonly classes?: number;
  /** Makes it for so many classes. */
  load(device: Device, classes: number): Promise<ClassifierNetwork>;
}

/**
 * The classifier of a run, or one that others have published: PSA's `fc8`, IRN's `classifier`, or the
 * linear layer of a torchvision network.
 *
 * @throws {InputError} when there is none.
 */
export async function trainedClassifier(
  options: TrainedOptions & { readonly data?: string },
): Promise<TrainedClassifier> {
  const { run } = runOrWeights(options);
  if (run === undefined) return await publishedClassifier(options);
  const { config: saved, checkpoint } = await readRun(run);
  const config = withPrecision(await fromStart(run, readClassifierConfig(run, saved)), options);
  return {
    config,
    checkpoint,
    async load(device, classes) {
      const own = { ...config, weights: undefined }; // they are in the checkpoint
      const network = await buildClassifier(device, own, classes);
      await loadCheckpoint(checkpoint, network.state);
      return network;
    },
  };
}

async function publishedClassifier(
  { weights, network, data, precision }: TrainedOptions & { readonly data?: string },
): Promise<TrainedClassifier> {
  const file = await readEncoder(weights!, network);
  const { path, classifier } = file;
  const shape = encoderShape(file);
  if (classifier === undefined) {
    throw new InputError(
      `Cannot make activation maps with ${path}: it has the encoder of ${shape.network} and no class ` +
        `scores. Train them: train classifier --network ${shape.network} --weights ${weights}.`,
    );
  }
  const { weight, bias } = classifier;
  const [scores] = weight.shape;
  const fixed = { weights, precision, out: "", trainFrom: null, centre: false };
  const config = complete(
    classifierConfig.parse({ ...shape, ...fixed, data: requireData({ data }) }),
  );
  return {
    config,
    checkpoint: { step: 0, path },
    classes: scores + 1,
    async load(device, classes) {
      const made = await buildClassifier(device, config, classes, bias !== undefined);
      const linear = entry([scores, weight.data.length / scores, 1, 1], float32(weight));
      overwrite(path, [["fc8.weight", made.classifier.fc8.weight]], () => linear);
      if (bias) overwrite(path, [["fc8.bias", made.classifier.bias!]], () => bias);
      return made;
    },
  };
}
