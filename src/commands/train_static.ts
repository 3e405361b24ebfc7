import { withVariant } from "../options/backbone_options.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { type Command, command } from "../options/command.ts";
import { STATIC_BIASES } from "../scpp/integration.ts";
import { buildNetworks, partsOf } from "../scpp/networks.ts";
import { makePairs, type Pair } from "../scpp/pairs.ts";
import { masksOf, predictChanges, refineMask } from "../scpp/predict.ts";
import { resultRow } from "../scpp/sheet.ts";
import { staticConfig } from "../scpp/static_config.ts";
import { staticLosses } from "../scpp/static_losses.ts";
import {
  checkAugmentOptions,
  maskInputs,
  type MaskItem,
  MaskUploads,
} from "../segmentation/mask_inputs.ts";
import { checkNetworkOptions } from "../segmentation/networks.ts";
import { writeModel } from "../segmentation/model_file.ts";
import { openValidation, requireValidation } from "../segmentation/validation.ts";
import { scheduleOf } from "../nn/mod.ts";
import type { Batch } from "../training/batches.ts";
import { encoderAndHeads } from "../training/optimizer.ts";
import { runTrainer } from "../training/trainer.ts";

/** Trains the change predictor and, beside it, the segmentation network. */
export const trainStatic: Command<typeof staticConfig> = command({
  name: "train static",
  summary: "Train a network to predict where knowledge and advice differ (static refinement).",
  example: "train static --data DIR --scores cam --network mobilenet-v2 --weights W --out runs/a",
  config: staticConfig,
  together: true,
  settled: preferredEncoder,
  async run(options, context) {
    const config = await withVariant(options);
    const { imageSize, keepAspect } = config;
    let pairs: readonly Pair[] = [];
    await runTrainer(trainStatic, config, context, {
      makes: ["Change predictor", `refine --run ${config.out} --out DIR`],
      async samples() {
        checkNetworkOptions(config);
        checkAugmentOptions(config);
        await requireValidation(config, context);
        const { classes, list } = await makePairs(config, config.cache ?? config.out, context);
        pairs = list;
        const samples = list.map((pair) => {
          const { image, certain, labels } = pair;
          return { image, masks: masksOf(pair), certain, labels };
        });
        return { classes, samples };
      },
      note: (run, { classes }) => writeModel(run, config, classes),
      async build(device, { classes: { length: classes }, samples }) {
        const networks = await buildNetworks(device, config, classes, config.seed);
        const { segmenter } = networks;
        const parts = partsOf(networks);
        return {
          device,
          parts,
          groups: encoderAndHeads(parts, segmenter.backbone.trained, config),
          schedule: scheduleOf(config),
          inputs: maskInputs(segmenter, samples, config),
          scalars: ["segmentation", "change"],
          losses(batch: Batch<MaskItem>) {
            const view = segmenter.decode(batch.features(), "train");
            const uploads = new MaskUploads(device, batch, classes);
            const [knowledge, ...advice] = uploads.masks();
            const masks = {
              knowledge,
              advice,
              certain: uploads.certain(),
              labels: uploads.labels(),
            };
            const { total, ...logged } = staticLosses(networks, view, masks, config);
            return { total, logged };
          },
          async preview(cache) {
            const shown = pairs.slice(0, 4);
            const options = { imageSize, keepAspect, batch: shown.length, cache };
            const choice = { ...STATIC_BIASES, collapseThreshold: config.collapseThreshold };
            const rows = [];
            for await (const { pair, logits } of predictChanges(networks, shown, options)) {
              const refined = await refineMask(pair, logits, classes, choice);
              rows.push(await resultRow(pair, logits, refined));
            }
            return rows;
          },
          validation: (list) => openValidation(device, segmenter, classes, config, list, context),
          [Symbol.dispose]: () => networks[Symbol.dispose](),
        };
      },
    });
  },
});
