import { InputError } from "../files/error.ts";
import { encodeImage, type Image } from "../data/images/image.ts";
import { sheet } from "../data/images/picture.ts";
import type { Device } from "../gpu/mod.ts";
import {
  Adam,
  backward,
  type Group,
  type Optimizer,
  parameters,
  poly,
  setStep,
  Sgd,
} from "../nn/mod.ts";
import { checkWeights, featureKey } from "../options/backbone_options.ts";
import { stepsPerEpoch } from "../training/draws.ts";
import { FeatureCache } from "../training/feature_cache.ts";
import { RunFolder } from "../training/run_folder.ts";
import { mayChange } from "../options/run_options.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { train, type Training } from "../training/train.ts";
import { detach } from "../tensor/mod.ts";
import { affinity, affinityLoss } from "../wgsl/mod.ts";
import {
  type AffinityConfig,
  affinityConfig,
  complete,
  type Recipe,
} from "../psa/affinity_config.ts";
import {
  type AffinityBatch,
  type BatchPlan,
  cornerViews,
  featureBatches,
  imageBatches,
} from "../psa/batches.ts";
import { makeLabels } from "../psa/make_labels.ts";
import { type AffinityNetworks, buildAffinityNetworks } from "../psa/networks.ts";
import { lessonRow } from "../psa/pictures.ts";

/** Trains the features by which scores walk. */
export const trainAffinity: Command<typeof affinityConfig> = command({
  name: "train affinity",
  summary: "Learn from activation maps which neighbouring pixels belong together (AffinityNet)",
  example: "train affinity --data DIR --scores cam --network mobilenet-v2 --weights W --out runs/b",
  config: affinityConfig,
  async run(options, context) {
    const config = complete(options);
    const { resume, overwrite, ...fixed } = config;
    const again = { resume, overwrite, mayChange };
    checkAlphas(config);
    await RunFolder.check(config.out, fixed, again);
    await checkWeights(config, context);
    const folder = config.cache ?? config.out;
    const device = await context.device();
    using networks = await buildAffinityNetworks(device, config);
    checkImageSize(config, networks.multiple);
    const lessons = await makeLabels({ ...config, longSide: networks.longSide }, folder, context);
    using run = await RunFolder.open(config.out, fixed, again);
    const plan: BatchPlan = {
      lessons,
      count: lessons.length,
      size: config.batch,
      imageSize: config.imageSize,
      stride: config.stride,
      seed: config.seed,
    };
    using source = await openSource(device, networks, plan, config, context);
    const training = affinityTraining(networks, source, plan, config);
    const preview = async (step: number) => {
      const rows: Image[][] = [];
      for (const lesson of lessons.slice(0, 4)) {
        rows.push(await lessonRow(networks, lesson, config.radius));
      }
      const name = `step-${String(step).padStart(8, "0")}.png`;
      await run.preview(name, encodeImage(sheet(rows)));
    };
    const intervals = { log: config.logEvery, save: config.saveEvery };
    try {
      await train(run, { ...training, preview }, intervals, context);
    } finally {
      for (const [, tensor] of training.optimizer.state()) tensor.release();
    }
    context.log(`Affinity network in ${config.out}; walk --run ${config.out} uses it.`);
  },
});

function checkAlphas({ lowAlpha, highAlpha }: AffinityConfig): void {
  if (lowAlpha <= highAlpha) return;
  throw new InputError(
    `Cannot use --low-alpha ${lowAlpha} with --high-alpha ${highAlpha}: the lower leaves more ` +
      "background. Exchange them.",
  );
}

/** The square must be whole blocks of every map, and wide enough for a place with all its partners. */
function checkImageSize({ imageSize, stride, radius }: AffinityConfig & Recipe, multiple: number) {
  const least = Math.ceil((2 * radius - 1) * stride / multiple) * multiple;
  if (imageSize % multiple === 0 && imageSize >= least) return;
  const near = Math.max(least, Math.round(imageSize / multiple) * multiple);
  throw new InputError(
    `Cannot use --image-size ${imageSize}: the maps of this network, the grid and the radius need ` +
      `a multiple of ${multiple} that is at least ${least}. Give ${near}.`,
  );
}

/** Where batches come from. */
interface Source extends Disposable {
  batches(step: number): AsyncIterable<AffinityBatch>;
}

async function openSource(
  device: Device,
  networks: AffinityNetworks,
  plan: BatchPlan,
  config: AffinityConfig,
  context: Context,
): Promise<Source> {
  if (!networks.backbone.frozen) {
    return {
      batches: (step) => imageBatches(device, networks, plan, step),
      [Symbol.dispose]() {},
    };
  }
  const { lessons, imageSize } = plan;
  const views = await Promise.all(
    lessons.map((lesson) => cornerViews(lesson, networks, imageSize)),
  );
  const images = lessons.map(({ image }, i) => ({ image, views: views[i] }));
  const key = `${await featureKey(config, config.seed)} maps ${networks.net.used}`;
  const cache = await FeatureCache.open(config.cache ?? config.out, networks, images, key, context);
  return {
    batches: (step) => featureBatches(device, cache, views, plan, step),
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

function affinityTraining(
  networks: AffinityNetworks,
  source: Source,
  plan: BatchPlan,
  config: AffinityConfig & Recipe,
): Training<AffinityBatch> & { readonly optimizer: Optimizer } {
  const { net, backbone, state } = networks;
  const { epochs, radius, imageSize, weightDecay: decay } = config;
  const groups: Group[] = [
    { parameters: [...parameters(backbone.trained, "encoder")], decay },
    { parameters: [...net.named()], rate: config.headRate, decay },
  ];
  const optimizer = config.optimizer === "sgd" ? new Sgd(groups) : new Adam(groups);
  const perEpoch = stepsPerEpoch(plan);
  const steps = Math.ceil(epochs * perEpoch);
  const schedule = poly();
  return {
    optimizer,
    steps,
    stepsPerEpoch: perEpoch,
    state: [
      ...state,
      ...[...optimizer.state()].map(([path, tensor]) => [`optimizer.${path}`, tensor] as const),
    ],
    scalars: ["loss", "background", "foreground", "negative"],
    batches: (step) => source.batches(step),
    restore: (step) => optimizer.steps = step,
    step(batch, step) {
      setStep(backbone.trained, step); // resnet38 drops channels
      const features = net.forward(batch.maps(), imageSize, imageSize);
      const losses = affinityLoss(affinity(features, { radius }), batch.labels(), { radius });
      const { total, background, foreground, negative } = losses;
      const logged = { loss: detach(total), background, foreground, negative };
      optimizer.step(backward(total), config.learningRate * schedule(step / steps));
      return logged;
    },
  };
}
