import { InputError } from "../files/error.ts";
import { type Command, command } from "../options/command.ts";
import { losses } from "../segmentation/losses/losses.ts";
import { maskSamples } from "../segmentation/mask_samples.ts";
import { loadMain, mainOf } from "../segmentation/model_file.ts";
import { buildSegmenter, type SegmentationNetwork } from "../segmentation/networks.ts";
import type { LossKind, SegmentationLoss } from "../segmentation/losses/segmentation_loss.ts";
import { type SegmenterConfig, segmenterConfig } from "./train_segmenter_config.ts";
import { segmenterRows } from "../segmentation/preview.ts";
import { runTrainer, type Trainee, type TrainingSet } from "../training/trainer.ts";

/** Trains a segmentation network on masks that stay as they are, or on image labels alone. */
export const trainSegmenter: Command<typeof segmenterConfig> = command({
  name: "train segmenter",
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
