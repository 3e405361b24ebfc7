import { DenseCrf } from "../crf/mod.ts";
import { scheduleOf, state } from "../nn/mod.ts";
import { withVariant } from "../options/backbone_options.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { type Command, command } from "../options/command.ts";
import { uploadDynamic } from "../scpp/dynamic_batch.ts";
import { dynamicConfig, refinedShareAt } from "../scpp/dynamic_config.ts";
import { stepCrf } from "../scpp/dynamic_crf.ts";
import { dynamicLosses, dynamicScalars } from "../scpp/dynamic_losses.ts";
import {
  buildDynamic,
  copyMain,
  dynamicParts,
  followMain,
  readStart,
  startFrom,
} from "../scpp/dynamic_networks.ts";
import { dynamicRows } from "../scpp/dynamic_preview.ts";
import { refineSeed, runBranches } from "../scpp/dynamic_step.ts";
import { maskSamples } from "../segmentation/mask_samples.ts";
import {
  checkAugmentOptions,
  maskInputs,
  type MaskItem,
  MaskUploads,
} from "../segmentation/mask_inputs.ts";
import { checkNetworkOptions } from "../segmentation/networks.ts";
import { writeModel } from "../segmentation/model_file.ts";
import { openValidation, requireValidation } from "../segmentation/validation.ts";
import type { Batch } from "../training/batches.ts";
import { encoderAndHeads } from "../training/optimizer.ts";
import { partsState } from "../training/parts.ts";
import { runTrainer } from "../training/trainer.ts";

/** Trains a segmentation network while two change predictors repair the masks it learns from. */
export const trainDynamic: Command<typeof dynamicConfig> = command({
  name: "train dynamic",
  summary: "Train a segmentation network while its masks are refined (dynamic refinement).",
  example: "train dynamic --data DIR --seed-masks refined --start runs/a --out runs/b",
  config: dynamicConfig,
  together: true,
  settled: preferredEncoder,
  async run(options, context) {
    const config = await withVariant(options);
    const start = config.start && await readStart(config.start, config);
    await runTrainer(trainDynamic, config, context, {
      makes: ["Segmentation network", `segment --run ${config.out} --data DIR --out DIR`],
      async samples() {
        checkNetworkOptions(config);
        checkAugmentOptions(config);
        await requireValidation(config, context);
        const { seedMasks, certain, certainShare, decisions, cache, out } = config;
        const places = { certain, certainShare, decisions, folder: cache ?? out };
        return await maskSamples(config, seedMasks, context, places);
      },
      note: (run, { classes }) => writeModel(run, config, classes),
      async build(device, { classes: { length: classes }, samples }) {
        const average = config.meanTeacher > 0;
        const networks = await buildDynamic(device, config, classes, config.seed, average);
        if (start) await startFrom(start, networks);
        copyMain(networks);
        const { segmenter, teacher } = networks;
        const crf = new DenseCrf(device, stepCrf(segmenter.stride, config));
        const parts = dynamicParts(networks);
        const shown = samples.slice(0, 4);
        return {
          device,
          parts,
          state: [...partsState(parts), ...(teacher ? state(teacher.head, "teacher") : [])],
          groups: encoderAndHeads(parts, segmenter.backbone.trained, config),
          schedule: scheduleOf(config),
          inputs: maskInputs(segmenter, samples, { ...config, colours: true }),
          scalars: ["segmentation", "change", "changed", "takenFirst", "takenSecond"],
          losses(batch: Batch<MaskItem>, progress) {
            const branches = runBranches(networks, batch.features(), "train");
            const masks = uploadDynamic(new MaskUploads(device, batch, classes));
            const refinement = refineSeed(networks, branches, masks, crf, config);
            const share = refinedShareAt(progress, config);
            const losses = dynamicLosses(branches, refinement, masks.labels, config, share);
            return { total: losses.total, logged: { ...dynamicScalars(losses, refinement) } };
          },
          after: () => followMain(networks, config.meanTeacher),
          preview: () => dynamicRows(device, networks, shown, classes, crf, config),
          validation: (list) => openValidation(device, segmenter, classes, config, list, context),
          [Symbol.dispose]() {
            crf[Symbol.dispose]();
            networks[Symbol.dispose]();
          },
        };
      },
    });
  },
});
