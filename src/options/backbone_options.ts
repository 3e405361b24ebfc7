import * as z from "zod";
import { checksum } from "../files/checksum.ts";
import { fileError } from "../files/file_error.ts";
import { readBytes } from "../files/read_bytes.ts";
import type { Context } from "./command.ts";
import { inGroup } from "./groups.ts";

/** Options that say what the encoder is. */
export const backboneOptions = inGroup("network", {
  network: z.enum(["encoder-decoder", "mobilenet-v2", "resnet38"]).default("encoder-decoder")
    .describe("Network whose encoder is used; that of mobilenet-v2 stays frozen"),
  weights: z.string().optional()
    .describe(
      "File of the encoder's pre-trained weights; a checkpoint of train classifier will do",
    ),
  width: z.int().positive().default(16).describe("Channels of the encoder-decoder's first level"),
  depth: z.int().positive().default(2).describe("Levels of the encoder-decoder below its first"),
  widthDivisor: z.literal([1, 2, 4, 8, 16, 32]).default(1)
    .describe("Divides every width of resnet38"),
  outputStride: z.literal([8, 16, 32]).default(16)
    .describe("Image side over the side of mobilenet-v2's last map: smaller is finer and slower"),
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
  { network, weights }: Pick<BackboneChoice, "network" | "weights">,
  { log }: Pick<Context, "log">,
): Promise<void> {
  if (weights === undefined) {
    if (network !== "mobilenet-v2") return;
    return log("Without --weights the frozen encoder stays random: its features say little.");
  }
  await Deno.stat(weights).catch((error) => {
    throw fileError("read", weights, error);
  });
}

/**
 * A name for the features that a frozen encoder gives, under which they may be kept: other options
 * or weights have another.
 *
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function featureKey(choice: BackboneChoice, seed: number | string): Promise<string> {
  const { network, weights, outputStride } = choice;
  const values = weights ? await checksum(await readBytes(weights)) : `seed ${seed}`;
  return `${network} stride ${outputStride} ${values}`;
}
