import { InputError } from "../data/error.ts";
import { type Stage, stage } from "../pipeline/stage.ts";
import { losses } from "./losses.ts";
import { maskSamples } from "./mask_samples.ts";
import { loadMain, mainOf } from "./model_file.ts";
import { buildSegmenter, type SegmentationNetwork } from "./networks.ts";
import type { LossKind, SegmentationLoss } from "./segmentation_loss.ts";
import { type SegmenterConfig, segmenterConfig } from "./segmenter_config.ts";
import { segmenterRows } from "./segmenter_preview.ts";
import { runTrainer, type Trainee, type TrainingSet } from "./trainer.ts";

/** Trains a segmentation network on masks that stay as they are, or on image labels alone. */
export const trainSegmenter: Stage<typeof segmenterConfig> = stage({
  command: "train segmenter",
  summary: "Train a segmentation network on a folder of masks, or on image labels alone",
  example: "train segmenter --data DIR --masks refined --out runs/s",
  config: segmenterConfig,
  async run(config, context) {
    const kind: LossKind = losses[config.loss];
    if (kind.masks && !config.masks) {
      throw new InputError(
        `Cannot train with --loss ${config.loss}: it learns masks. Give --masks, a folder of ID.png.`,
      );
    }
    const masks = kind.masks ? config.masks : undefined;
    const start = config.start && await mainOf(config.start);
    if (start && config.network === "mobilenet-v2" && start.model.weights !== config.weights) {
      const { weights = "not given" } = start.model;
      throw new InputError( // a frozen encoder is not in the checkpoint
        `Cannot start from ${config.start}: its encoder is that of --weights ${weights}. Give these.`,
      );
    }
    await runTrainer(config, context, {
      colours: kind.colours,
      samples: () => maskSamples(config, masks, context.signal),
      async build(device, set) {
        const network = await buildSegmenter(device, config, set.classes.length, config.seed);
        if (start) await loadMain(start, network);
        const loss = kind.open(device, config);
        return segmenterTrainee(device, network, loss, set, config);
      },
    });
  },
});

function segmenterTrainee(
  device: Trainee["device"],
  network: SegmentationNetwork,
  loss: SegmentationLoss,
  set: TrainingSet,
  config: SegmenterConfig,
): Trainee {
  const { segmenter } = network;
  return {
    device,
    network,
    parts: { segmenter: segmenter.trained },
    scalars: ["segmentation"],
    losses(batch) {
      const { logits } = segmenter.decode(batch.features(), "train");
      const total = loss.of({
        logits,
        masks: batch.masks().at(0),
        labels: batch.labels(),
        colours: () => batch.colours(),
      });
      return { total, logged: { segmentation: total } };
    },
    preview: (cache) =>
      segmenterRows(device, network, set.samples.slice(0, 4), config.imageSize, cache),
    [Symbol.dispose]() {
      loss[Symbol.dispose]();
      network[Symbol.dispose]();
    },
  };
}
