import { join } from "@std/path";
import { writeJson } from "../files/json.ts";
import { InputError } from "../files/error.ts";
import {
  Adam,
  backward,
  type Group,
  type NamedTensors,
  type Optimizer,
  parameters,
  poly,
  setStep,
  Sgd,
} from "../nn/mod.ts";
import { checkWeights } from "../options/backbone_options.ts";
import { stepsPerEpoch } from "../training/draws.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { RunFolder } from "../training/run_folder.ts";
import { mayChange } from "../options/run_options.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { train, type Training } from "../training/train.ts";
import { detach, type Tensor } from "../tensor/mod.ts";
import { multilabelSoftMargin } from "../wgsl/mod.ts";
import {
  type ClassifierBatch,
  type ClassifierPlan,
  featureBatches,
  imageBatches,
  meanFeatures,
  openFeatures,
} from "../cam/classifier_batches.ts";
import { type ClassifierConfig, classifierConfig, complete } from "../cam/classifier_config.ts";
import { buildClassifier, type ClassifierNetwork } from "../cam/classifier_network.ts";
import { type LabelledImages, openLabelled } from "../cam/labelled_images.ts";
import { validateClassifier, validationLines } from "../cam/validate_classifier.ts";

/** Trains a classifier of image labels, whose weights say where the classes are. */
export const trainClassifier: Command<typeof classifierConfig> = command({
  name: "train classifier",
  summary: "Train a network to say which classes a photograph shows, from image labels",
  example: "train classifier --data DIR --network mobilenet-v2 --weights W --out runs/classifier",
  config: classifierConfig,
  async run(options, context) {
    const config = complete(options);
    const { resume, overwrite, ...fixed } = config;
    const again = { resume, overwrite, mayChange: [...mayChange, "validation"] };
    await RunFolder.check(config.out, fixed, again);
    const images = await openLabelled(config);
    const validation = config.validation === undefined
      ? undefined
      : await openLabelled({ ...config, list: config.validation });
    checkOptions(config, images);
    await checkWeights(config, context);
    for (const line of remarks(images)) context.log(line);
    using run = await RunFolder.open(config.out, fixed, again);
    const device = await context.device();
    using network = await buildClassifier(device, config, images.voc.classes.length);
    await fit(run, network, images, config, context);
    if (validation) {
      const report = await validateClassifier(network, validation, config, context);
      for (const line of validationLines(report)) context.log(line);
      const path = join(config.out, "validation.json");
      await writeJson(path, report);
    }
    context.log(`Classifier of ${images.voc.classes.length - 1} classes: ${config.out}`);
  },
});

function checkOptions(
  { longSide }: ClassifierConfig,
  { voc, list, source }: LabelledImages,
): void {
  if (longSide && longSide[0] > longSide[1]) {
    throw new InputError(
      `Cannot use --long-side ${longSide.join(",")}: the first is the least. Exchange them.`,
    );
  }
  if (!list.some(({ labels }) => labels.length > 0)) {
    throw new InputError(
      `Cannot train with ${source}: no image of the list ${voc.listName} shows a class. ` +
        "Give other --labels.",
    );
  }
}

/** What labels cannot teach: a class is told from others by photographs with and without it. */
function remarks({ voc: { classes }, list }: LabelledImages): string[] {
  const everywhere = classes.filter((_, c) => list.every(({ labels }) => labels.includes(c)));
  if (everywhere.length === 0) return [];
  return [
    `All ${list.length} photographs show ${everywhere.join(", ")}: without others nothing tells ` +
    "where that is.",
  ];
}

async function fit(
  run: RunFolder,
  network: ClassifierNetwork,
  images: LabelledImages,
  config: ClassifierConfig,
  context: Context,
): Promise<void> {
  const plan = { images: images.list, classes: images.voc.classes.length, config };
  using cache = network.backbone.frozen
    ? await openFeatures(network, plan.images, config, context)
    : undefined;
  const { centre } = network.classifier;
  if (cache && centre) {
    const mean = await meanFeatures(cache, plan.images.length, context.signal);
    centre.device.write(centre.storage, mean);
  }
  const training = classifierTraining(network, plan, cache);
  const intervals = { log: config.logEvery, save: config.saveEvery };
  try {
    await train(run, training, intervals, context);
  } finally {
    for (const [, tensor] of training.optimizerState) tensor.release();
  }
}

/** The training of a classifier, on kept features where there is a cache. */
function classifierTraining(
  network: ClassifierNetwork,
  plan: ClassifierPlan,
  cache: FeatureCache | undefined,
): Training<ClassifierBatch> & { readonly optimizerState: NamedTensors } {
  const { config, images } = plan;
  const { classifier } = network;
  const optimizer = makeOptimizer(network, config);
  const perEpoch = stepsPerEpoch({ count: images.length, size: config.batch, seed: config.seed });
  const steps = Math.ceil(config.epochs * perEpoch);
  const schedule = poly(0.9);
  const optimizerState = [...optimizer.state()].map(([path, tensor]) =>
    [`optimizer.${path}`, tensor] as const
  );
  return {
    steps,
    stepsPerEpoch: perEpoch,
    state: [...network.state, ...optimizerState],
    optimizerState,
    scalars: ["loss"],
    batches: (from) =>
      cache ? featureBatches(cache, plan, from) : imageBatches(network, plan, from),
    restore: (step) => optimizer.steps = step,
    step(batch, step): Record<string, Tensor> {
      for (const part of [network.backbone.trained, classifier]) setStep(part, step);
      const loss = multilabelSoftMargin(
        classifier.forward(batch.features(), "train"),
        batch.labels(),
      );
      const logged = { loss: detach(loss) }; // survives what backward releases
      optimizer.step(backward(loss), config.learningRate * schedule(step / steps));
      return logged;
    },
  };
}

/** PSA's groups: biases learn faster and do not decay, the linear layer learns faster. */
function makeOptimizer(
  { backbone, classifier }: ClassifierNetwork,
  { optimizer, headRate, biasRate, weightDecay: decay }: ClassifierConfig,
): Optimizer {
  const encoder = [...parameters(backbone.trained, "encoder")];
  const isBias = ([path]: readonly [string, Tensor]) => path.endsWith(".bias");
  const groups: Group[] = [
    { parameters: encoder.filter((entry) => !isBias(entry)), decay },
    { parameters: encoder.filter(isBias), rate: biasRate },
    { parameters: [...parameters(classifier)], rate: headRate, decay },
  ];
  return optimizer === "sgd" ? new Sgd(groups) : new Adam(groups);
}
