import { backbonePlan } from "../models/mod.ts";
import { InputError } from "../files/error.ts";
import { counted } from "../files/listed.ts";
import { scheduleOf } from "../nn/mod.ts";
import { withVariant } from "../options/backbone_options.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { trainedRecipe } from "../options/trained_recipe.ts";
import { type Command, command } from "../options/command.ts";
import { given } from "../options/given.ts";
import { losses } from "../segmentation/losses/losses.ts";
import type { LossKind } from "../segmentation/losses/segmentation_loss.ts";
import { maskSamples } from "../segmentation/mask_samples.ts";
import {
  checkAugmentOptions,
  maskInputs,
  type MaskItem,
  MaskUploads,
} from "../segmentation/mask_inputs.ts";
import { buildSegmenter, checkNetworkOptions, useOf } from "../segmentation/networks.ts";
import { loadMain, mainOf, writeModel } from "../segmentation/model_file.ts";
import { segmenterRows } from "../segmentation/preview.ts";
import { openValidation, requireValidation } from "../segmentation/validation.ts";
import type { Batch } from "../training/batches.ts";
import { encoderAndHeads } from "../training/optimizer.ts";
import { runTrainer } from "../training/trainer.ts";
import { add, crossEntropy, settle } from "../wgsl/mod.ts";
import { type SegmenterConfig, segmenterConfig } from "./train_segmenter_config.ts";

const NOTHING =
  "Cannot train: nothing is certain of any photograph of the list. Give --masks, or a " +
  "greater --certain-share.";

/** Trains a segmentation network on masks that stay as they are, or on image labels alone. */
export const trainSegmenter: Command<typeof segmenterConfig> = command({
  name: "train segmenter",
  summary: "Train a segmentation network on a folder of masks, or on image labels alone.",
  example: "train segmenter --data DIR --masks refined --out runs/s",
  config: segmenterConfig,
  together: true,
  async settled(config, given, log) {
    const found = await preferredEncoder(config, given, log);
    // A run that it begins with has its own network, and other losses their own rates.
    const fresh = config.start === undefined && config.loss === "ce";
    return fresh ? trainedRecipe(found, given, log) : found;
  },
  async run(options, context) {
    const { config, start } = await begun(options);
    const kind: LossKind = losses[config.loss];
    const alone = config.loss === "ce" && !config.masks; // what is certain is all there is
    if (kind.masks && !config.masks && !(alone && (config.certain ?? config.decisions))) {
      throw new InputError(
        `Cannot train with --loss ${config.loss}: it learns masks. Give --masks, a folder of ID.png` +
          (config.loss === "ce" ? ", or --certain alone." : "."),
      );
    }
    await runTrainer(trainSegmenter, config, context, {
      makes: ["Segmentation network", `segment --run ${config.out} --data DIR --out DIR`],
      async samples() {
        checkNetworkOptions(config);
        checkAugmentOptions(config);
        await requireValidation(config, context);
        const { masks, certain, certainShare, decisions, cache, out } = config;
        const places = { certain, certainShare, decisions, folder: cache ?? out };
        const set = await maskSamples(config, kind.masks ? masks : undefined, context, places);
        if (!alone) return set;
        const samples = set.samples.filter(({ certain }) => certain !== undefined);
        if (samples.length === 0) throw new InputError(NOTHING);
        context.log(`Learns what is certain alone: ${counted(samples.length, "photograph")}`);
        return { ...set, samples };
      },
      note: (run, { classes }) => writeModel(run, config, classes),
      async build(device, { classes: { length: classes }, samples }) {
        const segmenter = await buildSegmenter(device, config, classes, config.seed);
        if (start) await loadMain(start, segmenter);
        const loss = kind.open(device, config);
        const parts = { segmenter: segmenter.trained };
        const shown = samples.slice(0, 4);
        return {
          device,
          parts,
          groups: encoderAndHeads(parts, segmenter.backbone.trained, config),
          schedule: scheduleOf(config),
          inputs: maskInputs(segmenter, samples, { ...config, colours: kind.colours }),
          scalars: ["segmentation"],
          losses(batch: Batch<MaskItem>) {
            const uploads = new MaskUploads(device, batch, classes);
            const { logits } = segmenter.decode(batch.features(), "train");
            const [certain, mask] = [uploads.certain(), uploads.masks().at(0)];
            const own = loss.of({
              logits,
              masks: alone ? certain : mask && settle(mask, certain),
              labels: uploads.labels(),
              colours: () => uploads.colours(),
            });
            // What is learnt of labels alone learns the classes of certain pixels beside them.
            const total = kind.masks || !certain ? own : add(own, crossEntropy(logits, certain));
            return { total, logged: { segmentation: total } };
          },
          preview: (cache) => segmenterRows(device, segmenter, shown, config, cache),
          validation: (list) => openValidation(device, segmenter, classes, config, list, context),
          [Symbol.dispose]() {
            loss[Symbol.dispose]();
            segmenter[Symbol.dispose]();
          },
        };
      },
    });
  },
});

/**
 * The run whose network this one begins with, if there is one, and the options with the variant of the
 * file of weights, or else of that run.
 */
async function begun(options: SegmenterConfig) {
  const { start: run, network, weights } = options;
  if (run === undefined) return { config: await withVariant(options) };
  const start = await mainOf(run);
  const { weights: before = "not given", variant = "tensorflow" } = start.model;
  const { frozen } = backbonePlan(options, useOf(options));
  if (frozen && start.model.weights !== weights) { // it is in no checkpoint
    throw new InputError(
      `Cannot start from ${run}: its encoder is that of --weights ${before}. Give these.`,
    );
  }
  const own = weights === undefined && start.model.network === network ? { variant } : {};
  const config = await withVariant({ ...own, ...given(options) } as SegmenterConfig);
  if (start.model.network === network && (config.variant ?? variant) !== variant) {
    throw new InputError(
      `Cannot start from ${run}: its network is one of ${variant}, and this one would be one of ` +
        `${config.variant}. Give weights of the same variant, or none.`,
    );
  }
  return { config, start };
}
