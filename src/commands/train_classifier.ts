import { join } from "@std/path";
import { type ClassifierConfig, classifierConfig, complete } from "../cam/classifier_config.ts";
import { classifierGroups } from "../cam/classifier_groups.ts";
import { classifierInputs, type Labels, meanFeatures } from "../cam/classifier_inputs.ts";
import { buildClassifier } from "../cam/classifier_network.ts";
import { classifierRows } from "../cam/classifier_preview.ts";
import { type LabelledImages, openLabelled } from "../cam/labelled_images.ts";
import {
  type ClassifierValidation,
  openClassifierValidation,
  validationLines,
} from "../cam/validate_classifier.ts";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../files/error.ts";
import { writeJson } from "../files/json.ts";
import { poly } from "../nn/mod.ts";
import { withVariant } from "../options/backbone_options.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { type Command, command } from "../options/command.ts";
import { sayData } from "../options/say_data.ts";
import type { Batch } from "../training/batches.ts";
import { runTrainer } from "../training/trainer.ts";
import { uploadLabels } from "../training/upload.ts";
import { multilabelSoftMargin } from "../wgsl/mod.ts";
import { leavesIdle, onOwnDevices } from "./own_devices.ts";

/** Trains a classifier of image labels, whose weights say where the classes are. */
export const trainClassifier: Command<typeof classifierConfig> = command({
  name: "train classifier",
  summary: "Train a network to say which classes a photograph shows, from image labels.",
  example: "train classifier --data DIR --network mobilenet-v2 --weights W --out runs/classifier",
  config: classifierConfig,
  together: true,
  settled: preferredEncoder,
  async run(options, context) {
    const config = await withVariant(complete(options));
    let classes: readonly string[] = [];
    await runTrainer(trainClassifier, config, context, {
      makes: ["Classifier", `cam --run ${config.out} --out DIR`],
      async samples() {
        const images = await openLabelled(config);
        checkOptions(config, images);
        if (config.validation) {
          const { voc, labels } = await openLabelled({ ...config, list: config.validation });
          sayData((line) => context.log(`Validation: ${line}`), voc, labels);
        }
        sayData(context.log, images.voc, images.labels);
        for (const line of remarks(images)) context.log(line);
        classes = images.voc.classes;
        return { classes, samples: images.list };
      },
      note: (run) => writeAtomic(join(run, "classes.txt"), `${classes.join("\n")}\n`),
      async build(device, { samples }) {
        const network = await buildClassifier(device, config, classes.length);
        const { backbone, classifier, state } = network;
        let validation: ClassifierValidation | undefined;
        return {
          device,
          parts: { encoder: backbone.trained, classifier },
          state,
          groups: classifierGroups(network, config),
          schedule: poly(0.9),
          inputs: {
            ...classifierInputs(network, samples, config),
            elsewhere: async (device, images, shapes) => {
              const longSide = Math.max(...config.frozenSides);
              const photographs = { images, longSide, processes: context.ranks?.size };
              if (!await leavesIdle(device, photographs, context)) return undefined;
              const setting = { classifier: config, classes: classes.length, shapes };
              return onOwnDevices("features", device, setting, images);
            },
          },
          scalars: ["loss"],
          async prepare(cache) {
            const { centre } = classifier;
            if (!centre) return;
            device.write(centre.storage, await meanFeatures(cache, samples.length, context.signal));
          },
          losses({ items, features }: Batch<Labels>) {
            const logits = classifier.forward(features()[0], "train");
            const total = multilabelSoftMargin(logits, uploadLabels(device, items, classes.length));
            return { total, logged: { loss: total } };
          },
          preview: () => classifierRows(network, samples.slice(0, 4), config.imageSize, classes),
          async validation(list) {
            const images = await openLabelled({ ...config, list });
            return validation = await openClassifierValidation(network, images, config, context);
          },
          async finish() {
            if (!validation) return;
            const report = await validation.report();
            for (const line of validationLines(report)) context.log(line);
            await writeJson(join(config.out, "validation.json"), report);
          },
          [Symbol.dispose]: () => network[Symbol.dispose](),
        };
      },
    }, complete);
  },
});

function checkOptions(
  { longSide }: ClassifierConfig,
  { voc, list, labels: { source } }: LabelledImages,
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
