import { DenseCrf } from "../crf/mod.ts";
import type { Device } from "../gpu/mod.ts";
import { state } from "../nn/mod.ts";
import { crfSettings } from "../options/crf_options.ts";
import { type Command, command } from "../options/command.ts";
import type { Sample } from "../training/batches.ts";
import { uploadDynamic } from "../scpp/dynamic_batch.ts";
import { type DynamicConfig, dynamicConfig, refinedShareAt } from "../scpp/dynamic_config.ts";
import { dynamicLosses, dynamicScalars } from "../scpp/dynamic_losses.ts";
import {
  buildDynamic,
  copyMain,
  dynamicParts,
  type DynamicSet,
  followMain,
  readStart,
  startFrom,
} from "../scpp/dynamic_networks.ts";
import { dynamicRows } from "../scpp/dynamic_preview.ts";
import { refineSeed, runBranches } from "../scpp/dynamic_step.ts";
import { maskSamples } from "../segmentation/mask_samples.ts";
import { runTrainer, type Trainee } from "../training/trainer.ts";

/** Trains a segmentation network while two change predictors repair the masks it learns from. */
export const trainDynamic: Command<typeof dynamicConfig> = command({
  name: "train dynamic",
  summary: "Train to segment while two change predictors repair the masks (dynamic refinement)",
  example: "train dynamic --data DIR --seed-masks refined --start runs/a --out runs/b",
  config: dynamicConfig,
  async run(config, context) {
    const start = config.start && await readStart(config.start, config);
    await runTrainer(config, context, {
      colours: true,
      samples: () => maskSamples(config, config.seedMasks, context.signal),
      async build(device, set) {
        const { classes: { length: classes }, samples } = set;
        const average = config.meanTeacher > 0;
        const networks = await buildDynamic(device, config, classes, config.seed, average);
        if (start) await startFrom(start, networks);
        copyMain(networks);
        return dynamicTrainee(device, networks, samples.slice(0, 4), classes, config);
      },
    });
  },
});

function dynamicTrainee(
  device: Device,
  networks: DynamicSet,
  shown: readonly Sample[],
  classes: number,
  config: DynamicConfig,
): Trainee {
  const crf = new DenseCrf(device, crfOf(networks, config));
  const { teacher } = networks;
  return {
    device,
    network: networks,
    parts: dynamicParts(networks),
    also: teacher ? [...state(teacher.head, "teacher")] : [],
    scalars: ["segmentation", "change", "changed", "takenFirst", "takenSecond"],
    losses(batch, progress) {
      const branches = runBranches(networks, batch.features(), "train");
      const masks = uploadDynamic(device, batch, classes);
      const refinement = refineSeed(networks, branches, masks, crf, config);
      const refinedShare = refinedShareAt(progress, config);
      const losses = dynamicLosses(branches, refinement, masks.labels, config, refinedShare);
      return { total: losses.total, logged: { ...dynamicScalars(losses, refinement) } };
    },
    after: () => followMain(networks, config.meanTeacher),
    preview: () => dynamicRows(device, networks, shown, classes, crf, config),
    [Symbol.dispose]() {
      crf[Symbol.dispose]();
      networks[Symbol.dispose]();
    },
  };
}

/** The CRF of the step; published: the widths meant for photographs, on the smaller maps. */
function crfOf({ segmenter: { stride } }: DynamicSet, config: DynamicConfig) {
  const by = config.scaleKernels ? stride : 1;
  return crfSettings({
    ...config,
    crfSmoothWidth: config.crfSmoothWidth / by,
    crfWidth: config.crfWidth / by,
  });
}
