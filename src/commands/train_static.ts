import type { Image } from "../data/images/image.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { type Command, command } from "../options/command.ts";
import { STATIC_BIASES } from "../scpp/integration.ts";
import { buildNetworks, type Networks, partsOf } from "../segmentation/networks.ts";
import { makePairs, type Pair } from "../scpp/pairs.ts";
import { predictChanges, refineMask } from "../scpp/predict.ts";
import { resultRow } from "../scpp/sheet.ts";
import { type StaticConfig, staticConfig } from "../scpp/static_config.ts";
import { staticLosses } from "../scpp/static_losses.ts";
import { runTrainer, type Trainee } from "../training/trainer.ts";

/** Trains the change predictor and, beside it, the segmentation network. */
export const trainStatic: Command<typeof staticConfig> = command({
  name: "train static",
  summary: "Train to predict where knowledge and advice differ (static refinement)",
  example: "train static --data DIR --scores cam --network mobilenet-v2 --weights W --out runs/a",
  config: staticConfig,
  async run(config, context) {
    let pairs: readonly Pair[] = [];
    await runTrainer(config, context, {
      async samples() {
        const { classes, list } = await makePairs(config, config.cache ?? config.out, context);
        pairs = list;
        const samples = list.map(({ image, knowledge, advice, labels }) => {
          return { image, masks: [knowledge, advice], labels };
        });
        return { classes, samples };
      },
      async build(device, { classes }) {
        const networks = await buildNetworks(device, config, classes.length, config.seed);
        return staticTrainee(networks, pairs, classes.length, config);
      },
    });
  },
});

function staticTrainee(
  networks: Networks,
  pairs: readonly Pair[],
  classes: number,
  config: StaticConfig,
): Trainee {
  return {
    device: networks.predictor.predict.weight.device,
    network: networks,
    parts: partsOf(networks),
    scalars: ["segmentation", "change"],
    losses(batch) {
      const view = networks.segmenter.decode(batch.features(), "train");
      const [knowledge, advice] = batch.masks();
      const masks = { knowledge, advice, labels: batch.labels() };
      const { total, ...logged } = staticLosses(networks, view, masks, config);
      return { total, logged };
    },
    preview: (cache) => previewRows(networks, pairs.slice(0, 4), classes, config, cache),
    [Symbol.dispose]: () => networks[Symbol.dispose](),
  };
}

/** What the networks make of some photographs now. */
async function previewRows(
  networks: Networks,
  pairs: readonly Pair[],
  classes: number,
  { imageSize, collapseThreshold }: StaticConfig,
  cache?: FeatureCache,
): Promise<Image[][]> {
  const rows: Image[][] = [];
  const options = { imageSize, batch: pairs.length, cache };
  const choice = { ...STATIC_BIASES, collapseThreshold };
  for await (const { pair, logits } of predictChanges(networks, pairs, options)) {
    const refined = await refineMask(pair, logits, classes, choice);
    rows.push(await resultRow(pair, logits, refined));
  }
  return rows;
}
