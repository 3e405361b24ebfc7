import * as z from "zod";
import { fileError } from "../files/file_error.ts";
import type { Context } from "./command.ts";
import { inGroup } from "./groups.ts";

/** Options that say what the encoder is. */
export const backboneOptions = inGroup("network", {
  network: z.enum([
    ...["encoder-decoder", "mobilenet-v2"] as const,
    ...["resnet18", "resnet34", "resnet50", "resnet101", "resnet38"] as const,
  ]).default("encoder-decoder").describe("Network whose encoder is used"),
  weights: z.string().optional()
    .describe(
      "File of the encoder's pre-trained weights; a checkpoint of train classifier will do",
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
      "none freezes the encoder; none for mobilenet-v2, 1 for a ResNet",
  ),
  trainNorms: z.boolean().default(false)
    .describe("Train the batch norms of resnet18 to 101 as well"),
});

/** What {@linkcode backboneOptions} describe. */
export type BackboneChoice = z.output<z.ZodObject<typeof backboneOptions>>;

/**
 * Checks that the file of weights is there, before there is work to lose, and says what it means
 * when a frozen encoder has none.
 *
 * @throws {InputError} when it is missing.
 */
export async function checkWeights(
  { network, weights, trainFrom }: Pick<BackboneChoice, "network" | "weights" | "trainFrom">,
  { log }: Pick<Context, "log">,
): Promise<void> {
  if (weights === undefined) {
    const frozen = network === "mobilenet-v2" ? (trainFrom ?? null) === null : trainFrom === null;
    if (!frozen || network === "encoder-decoder" || network === "resnet38") return;
    return log("Without --weights the frozen encoder stays random: its features say little.");
  }
  await Deno.stat(weights).catch((error) => {
    throw fileError("read", weights, error);
  });
}
