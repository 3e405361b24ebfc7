import { join } from "@std/path";
import type { Mask } from "../data/masks/mask.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson } from "../files/json.ts";
import { parameters, poly } from "../nn/mod.ts";
import { withVariant } from "../options/backbone_options.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { type Command, command } from "../options/command.ts";
import { openData } from "../options/data_options.ts";
import {
  type AffinityConfig,
  affinityConfig,
  complete,
  epochsFor,
  type Recipe,
} from "../psa/affinity_config.ts";
import { affinityInputs } from "../psa/inputs.ts";
import { makeLabels } from "../psa/make_labels.ts";
import { affinityGrid, buildAffinityNetworks } from "../psa/networks.ts";
import { affinityRow } from "../psa/pictures.ts";
import { validateAffinity } from "../psa/validate_affinity.ts";
import { requireValidation } from "../segmentation/validation.ts";
import type { Batch } from "../training/batches.ts";
import { names } from "../training/run.ts";
import { runTrainer } from "../training/trainer.ts";
import { uploadMasks } from "../training/upload.ts";
import { leavesIdle, onOwnDevices } from "./own_devices.ts";
import { affinity, affinityLoss } from "../wgsl/mod.ts";

/** Trains the features by which scores walk. */
export const trainAffinity: Command<typeof affinityConfig> = command({
  name: "train affinity",
  summary:
    "Train a network to say which neighbouring pixels belong together, from activation maps.",
  example: "train affinity --data DIR --scores cam --network mobilenet-v2 --weights W --out runs/b",
  config: affinityConfig,
  together: true,
  settled: preferredEncoder,
  async run(options, context) {
    const config = await withVariant(complete(await withEpochs(options, context.log)));
    const { radius, imageSize, weightDecay: decay } = config;
    const processes = context.ranks?.size;
    await runTrainer(trainAffinity, config, context, {
      makes: ["Affinity network", `walk --run ${config.out}`],
      async samples() {
        checkPowers(config);
        const { multiple, longSide } = affinityGrid(config);
        checkImageSize(config, multiple);
        await requireValidation(config, context);
        return await makeLabels(
          { ...config, longSide },
          config.cache ?? config.out,
          context,
          async (device, setting, images) =>
            await leavesIdle(device, { images, processes }, context)
              ? onOwnDevices("labels", device, setting, images)
              : undefined,
        );
      },
      async build(device, { classes: { length: classes }, samples }) {
        const networks = await buildAffinityNetworks(device, config);
        const { net, backbone, state } = networks;
        return {
          device,
          parts: { encoder: backbone.trained, affinity: net },
          state,
          groups: [
            { parameters: [...parameters(backbone.trained, "encoder")], decay },
            { parameters: [...net.named()], rate: config.headRate, decay },
          ],
          schedule: poly(),
          inputs: {
            ...affinityInputs(networks, imageSize),
            elsewhere: async (device, images, shapes) =>
              await leavesIdle(device, { images, processes, longSide: imageSize }, context)
                ? onOwnDevices("features", device, { affinity: config, shapes }, images)
                : undefined,
          },
          scalars: ["loss", "background", "foreground", "negative"],
          losses({ items, features }: Batch<Mask>) {
            const maps = net.forward(features(), imageSize, imageSize);
            const labels = uploadMasks(device, items);
            const losses = affinityLoss(affinity(maps, { radius, labels }), labels, { radius });
            const { total, ...parts } = losses;
            return { total, logged: { loss: total, ...parts } };
          },
          preview: () =>
            Promise.all(samples.slice(0, 4).map((sample) => affinityRow(networks, sample, radius))),
          async validation(list) {
            const { items } = await openData({ ...config, list });
            const { signal } = context;
            return {
              measure: () => validateAffinity(device, networks, items, classes, radius, signal),
              [Symbol.dispose]() {},
            };
          },
          [Symbol.dispose]: () => networks[Symbol.dispose](),
        };
      },
    }, complete);
  },
});

/** The options with the epochs of the run that is resumed, or as many as the photographs ask for. */
async function withEpochs(
  options: AffinityConfig,
  log: (line: string) => void,
): Promise<AffinityConfig> {
  if (options.epochs !== undefined) return options;
  const begun = join(options.out, names.config);
  if (options.resume && await isFile(begun)) {
    const { epochs } = await readJson<Pick<AffinityConfig, "epochs">>(begun);
    return { ...options, epochs };
  }
  const { items } = await openData(options);
  const epochs = epochsFor(options, items.length);
  log(`${epochs} epochs, by the number of photographs, as none were given`);
  return { ...options, epochs };
}

function checkPowers({ lowBackgroundPower: low, highBackgroundPower: high }: AffinityConfig): void {
  if (low <= high) return;
  throw new InputError(
    `Cannot use --low-background-power ${low} with --high-background-power ${high}: the lower ` +
      "leaves more background. Exchange them.",
  );
}

/** The square must be whole blocks of every map, and wide enough for a cell with all its partners. */
function checkImageSize(
  { imageSize, gridStride, radius }: AffinityConfig & Recipe,
  multiple: number,
) {
  const least = Math.ceil((2 * radius - 1) * gridStride / multiple) * multiple;
  if (imageSize % multiple === 0 && imageSize >= least) return;
  const near = Math.max(least, Math.round(imageSize / multiple) * multiple);
  throw new InputError(
    `Cannot use --image-size ${imageSize}: the maps of this network, the grid and the radius need ` +
      `a multiple of ${multiple} that is at least ${least}. Give ${near}.`,
  );
}
