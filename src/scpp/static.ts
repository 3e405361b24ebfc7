import { checksum } from "../data/checksum.ts";
import { encodeImage, type Image } from "../data/image.ts";
import { type Mask, readMask } from "../data/mask.ts";
import { sheet } from "../data/picture.ts";
import { readBytes } from "../data/read_bytes.ts";
import { resizeMask } from "../data/resize.ts";
import type { Device } from "../gpu/mod.ts";
import {
  Adam,
  backward,
  cosine,
  type Group,
  type NamedTensors,
  type Optimizer,
  parameters,
  setStep,
  Sgd,
} from "../nn/mod.ts";
import { FeatureCache, type FeatureEncoder, squareViews } from "../pipeline/feature_cache.ts";
import { RunFolder } from "../pipeline/run_folder.ts";
import { type Context, type Stage, stage } from "../pipeline/stage.ts";
import { train, type Training } from "../pipeline/train.ts";
import { detach, type Tensor } from "../tensor/mod.ts";
import {
  batchesPerEpoch,
  type BatchPlan,
  featureBatches,
  imageBatches,
  type StaticBatch,
} from "./batches.ts";
import { STATIC_BIASES } from "./integration.ts";
import { buildNetworks, checkNetworkOptions, type Networks, networkState } from "./networks.ts";
import { makePairs, type Pair } from "./pairs.ts";
import { predictChanges, refineMask } from "./predict.ts";
import { resultRow } from "./sheet.ts";
import { type StaticConfig, staticConfig } from "./static_config.ts";
import { staticLosses } from "./step.ts";

/** Trains the change predictor and, beside it, the segmentation network. */
export const trainStatic: Stage<typeof staticConfig> = stage({
  command: "train static",
  summary: "Train to predict where knowledge and advice differ (static refinement)",
  example: "train static --data DIR --scores cam --network mobilenet-v2 --weights W --out runs/a",
  config: staticConfig,
  async run(config, context) {
    const { resume, overwrite, ...fixed } = config;
    const mayChange = ["logEvery", "saveEvery", "out", "data", "cache"];
    const options = { resume, overwrite, mayChange };
    await checkNetworkOptions(config);
    await RunFolder.check(config.out, fixed, options);
    if (config.network === "mobilenet-v2" && !config.weights) {
      context.log("Without --weights the frozen encoder stays random: its features say little.");
    }
    const pairs = await makePairs(config, config.cache ?? config.out, context);
    using run = await RunFolder.open(config.out, fixed, options);
    const device = await context.device();
    using networks = await buildNetworks(device, config, pairs.classes.length, config.seed);
    if (networks.frozen && !config.weights) {
      context.log("Note: without --weights the frozen encoder is random; its features are poor.");
    }
    const plan: BatchPlan = {
      pairs: pairs.list,
      size: config.batch,
      imageSize: config.imageSize,
      classes: pairs.classes.length,
      seed: config.seed,
    };
    using source = await openSource(device, networks, plan, config, context);
    const intervals = { log: config.logEvery, save: config.saveEvery };
    const training = staticTraining(networks, source, plan, config);
    const preview = (step: number) => writePreview(run, step, networks, plan, source.cache);
    try {
      await train(run, { ...training, preview }, intervals, context);
    } finally {
      for (const [, tensor] of training.state) tensor.release();
    }
  },
});

/** Where batches come from. */
interface Source extends Disposable {
  /** The features of a frozen encoder. */
  readonly cache?: FeatureCache;
  batches(step: number): AsyncIterable<StaticBatch>;
}

async function openSource(
  device: Device,
  networks: Networks,
  plan: BatchPlan,
  config: StaticConfig,
  context: Context,
): Promise<Source> {
  if (!networks.frozen) {
    return {
      batches: (step) => imageBatches(device, networks, plan, step),
      [Symbol.dispose]() {},
    };
  }
  const cache = await openCache(networks, plan.pairs, config, context);
  const masks = await smallMasks(plan.pairs, plan.imageSize / networks.segmenter.stride);
  return {
    cache,
    batches: (step) => featureBatches(device, cache, masks, plan, step),
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

/** The features of a frozen encoder for these photographs. */
export async function openCache(
  networks: Networks,
  pairs: readonly Pair[],
  { cache, out, imageSize, network, weights, seed }: Pick<
    StaticConfig,
    "cache" | "out" | "imageSize" | "network" | "weights" | "seed"
  >,
  context: Context,
): Promise<FeatureCache> {
  const values = weights ? await checksum(await readBytes(weights)) : `seed ${seed}`;
  const { segmenter, normalisation } = networks;
  const encoder: FeatureEncoder = { normalisation, encode: (x) => segmenter.encode(x, "infer") };
  const views = squareViews(imageSize);
  const images = pairs.map(({ image }) => ({ image, views }));
  return await FeatureCache.open(
    cache ?? out,
    encoder,
    images,
    `${network} ${values}`,
    context,
  );
}

async function smallMasks(pairs: readonly Pair[], side: number) {
  const masks: (readonly [Mask, Mask])[] = [];
  const small = async (path: string) => resizeMask(await readMask(path), side, side);
  for (const { knowledge, advice } of pairs) {
    masks.push([await small(knowledge), await small(advice)]);
  }
  return masks;
}

function staticTraining(
  networks: Networks,
  source: Source,
  plan: BatchPlan,
  config: StaticConfig,
): Training<StaticBatch> {
  const { segmenter } = networks;
  const optimizer = makeOptimizer(networks, config);
  const stepsPerEpoch = batchesPerEpoch(plan);
  const steps = Math.ceil(config.epochs * stepsPerEpoch);
  const schedule = cosine(config.stretch);
  return {
    steps,
    stepsPerEpoch,
    state: [...networkState(networks), ...prefixed("optimizer", optimizer.state())],
    scalars: ["segmentation", "change"],
    batches: (step) => source.batches(step),
    restore: (step) => optimizer.steps = step,
    step(batch, step) {
      setStep(segmenter, step);
      const view = segmenter.decode(batch.features(), "train");
      const losses = staticLosses(networks, view, batch.masks(), config);
      const logged = { // survives what backward releases
        segmentation: detach(losses.segmentation),
        change: detach(losses.change),
      };
      optimizer.step(backward(losses.total), config.learningRate * schedule(step / steps));
      return logged;
    },
  };
}

/** Draws the first photographs of the list with what the networks make of them now. */
async function writePreview(
  run: RunFolder,
  step: number,
  networks: Networks,
  { pairs, classes, imageSize }: BatchPlan,
  cache?: FeatureCache,
): Promise<void> {
  const some = pairs.slice(0, 4);
  const rows: Image[][] = [];
  const options = { imageSize, batch: some.length, cache };
  for await (const { pair, logits } of predictChanges(networks, some, options)) {
    const refined = await refineMask(pair, logits, classes, STATIC_BIASES);
    rows.push(await resultRow(pair, logits, refined));
  }
  await run.preview(`step-${String(step).padStart(8, "0")}.png`, encodeImage(sheet(rows)));
}

function* prefixed(prefix: string, tensors: NamedTensors): Generator<[string, Tensor]> {
  for (const [path, tensor] of tensors) yield [`${prefix}.${path}`, tensor];
}

function makeOptimizer({ segmenter, predictor }: Networks, config: StaticConfig): Optimizer {
  const { headRate: rate, weightDecay: decay } = config;
  const isHead = (path: string) => /^segmenter\.(seg|classify|reduce|context)/.test(path);
  const all = [...parameters(segmenter.trained, "segmenter")];
  const groups: Group[] = [
    { parameters: all.filter(([path]) => !isHead(path)), decay },
    { parameters: all.filter(([path]) => isHead(path)), rate, decay },
    { parameters: [...parameters(predictor, "predictor")], rate, decay },
  ];
  return config.optimizer === "sgd" ? new Sgd(groups, config.momentum) : new Adam(groups);
}
