import * as z from "zod";
import { InputError } from "../files/error.ts";
import { fileError } from "../files/file_error.ts";
import { encoderVariant, isPublished, isResNet, readEncoder } from "../weights/encoder_file.ts";
import { weightsFile } from "../weights/weights_cache.ts";
import type { Context } from "./command.ts";
import { inGroup } from "./groups.ts";

/** Options that say what the encoder is. */
export const backboneOptions = inGroup("network", {
  network: z.enum([
    ...["encoder-decoder", "mobilenet-v2"] as const,
    ...["resnet18", "resnet34", "resnet50", "resnet101", "resnet38"] as const,
  ]).default("encoder-decoder").describe(
    "Network whose encoder is used; trainings and seeds take that of fetched weights where it is left open",
  ),
  weights: z.string().optional()
    .describe(
      "File of the encoder's pre-trained weights, a checkpoint of train classifier too, or the name " +
        "of public ones that weights fetch has fetched",
    ),
  variant: z.enum(["tensorflow", "torchvision"]).optional().describe(
    "Whose mobilenet-v2 it is: how it pads and its images are normalised; the file of --weights " +
      "says it, and without one tensorflow",
  ),
  width: z.int().positive().default(16).describe("Channels of the encoder-decoder's first level"),
  depth: z.int().positive().default(2).describe("Levels of the encoder-decoder below its first"),
  widthDivisor: z.literal([1, 2, 4, 8, 16, 32]).default(1)
    .describe("Divides every width of resnet38"),
  outputStride: z.literal([8, 16, 32]).default(16).describe(
    "Side of the image over side of the last map of mobilenet-v2 and resnet18 to 101; smaller is finer " +
      "and slower",
  ),
  dilate: z.boolean().default(true)
    .describe("Strides of resnet18 to 101 that are left out become dilations; not in IRN"),
  trainFrom: z.union([z.int().min(0).max(17), z.null()]).optional().describe(
    "First block of mobilenet-v2 (0 to 16) or stage of resnet18 to 101 (0 to 4) that is trained; " +
      "none freezes the encoder; 1 for a ResNet, none for mobilenet-v2, which masks and train segmenter " +
      "train from 3 on where it has weights",
  ),
  trainNorms: z.boolean().default(false)
    .describe("Train the batch norms of resnet18 to 101 as well"),
  precision: z.enum(["f32", "f16"]).default("f32").describe(
    "f16 keeps the encoder's maps, and those of its weights that are frozen, in half precision; sums, " +
      "gradients, the rest of the network, losses and optimiser are f32; for GPUs with shader-f16",
  ),
});

/** What {@linkcode backboneOptions} describe. */
export type BackboneChoice = z.output<z.ZodObject<typeof backboneOptions>>;

/**
 * Checks that the file of weights and the first stage to train are there, before there is work to lose,
 * and says what it means when a frozen encoder has no weights.
 *
 * @throws {InputError} when one is missing.
 */
export async function checkWeights(
  { network, weights, trainFrom }: Pick<BackboneChoice, "network" | "weights" | "trainFrom">,
  { log }: Pick<Context, "log">,
): Promise<void> {
  if (isResNet(network) && (trainFrom ?? 0) > 4) {
    throw new InputError(
      `Cannot use --train-from ${trainFrom}: the stages of ${network} are 1 to 4. Give one of them, 0 for ` +
        "its stem too, or none.",
    );
  }
  if (weights === undefined) {
    const partly = trainFrom === undefined && network.startsWith("resnet"); // 38 has frozen blocks, too
    const first = trainFrom ?? (partly ? 1 : Infinity);
    if (network === "encoder-decoder" || first === 0) return;
    const what = first === Infinity ? "the frozen encoder" : "what is frozen of the encoder";
    return log(
      `Without --weights ${what} stays random: its features say little. "weights list" tells which ` +
        "weights there are.",
    );
  }
  const path = await weightsFile(weights);
  await Deno.stat(path).catch((error) => {
    throw fileError("read", path, error);
  });
}

/**
 * The options with the variant of the network that the file of weights says, which is so known before
 * the device is opened, and noted in the run folder.
 *
 * @throws {InputError} when the file is missing, damaged, or of another network or variant.
 */
export async function withVariant<Config extends VariantChoice>(config: Config): Promise<Config> {
  const { network, weights, variant } = config;
  if (weights !== undefined && isPublished(network)) {
    const file = await readEncoder(weights, network, variant);
    return { ...config, variant: file.variant };
  }
  return { ...config, variant: await encoderVariant(config) };
}

/** The variant of a network, where runs of earlier versions do not say it. */
export function variantOf(
  { network, variant = "tensorflow" }: Pick<VariantChoice, "network" | "variant">,
): VariantChoice["variant"] {
  return network === "mobilenet-v2" ? variant : undefined;
}

/** What says which variant of a network it is. */
export type VariantChoice = Pick<BackboneChoice, "network" | "weights" | "variant">;
