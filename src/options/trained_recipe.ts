import type { BackboneChoice } from "./backbone_options.ts";

/** How a pre-trained MobileNetV2 and its head learn to segment; measured in docs/results.md. */
export const MOBILENET_RECIPE = {
  trainFrom: 3,
  head: "skip",
  imageSize: 256,
  keepAspect: true,
  scaleRange: [0.75, 1.4],
  jitter: [0.2, 0, 0, 0],
  optimizer: "adamw",
  learningRate: 1e-4,
  headRate: 10,
  weightDecay: 1e-4,
  schedule: "poly",
  epochs: 4,
  batch: 8,
} as const;

/**
 * The options by which the encoder is trained too, where that is known to serve: of a MobileNetV2 with
 * weights, unless `--train-from` was given. What was given stands, and the line that is logged says how to
 * leave the encoder as it is.
 *
 * @param given the options as they were written
 */
export function trainedRecipe<Config extends Pick<BackboneChoice, "network" | "weights">>(
  config: Config,
  given: Readonly<Record<string, unknown>>,
  log: (line: string) => void,
): Config {
  const { network, weights } = config;
  if (network !== "mobilenet-v2" || weights === undefined || "trainFrom" in given) return config;
  const left = Object.entries(MOBILENET_RECIPE).filter(([key]) => !(key in given));
  const epochs = "epochs" in given ? "" : ` in ${MOBILENET_RECIPE.epochs} epochs`;
  log(
    `Trains the encoder too, from block ${MOBILENET_RECIPE.trainFrom} on, by the recipe of ` +
      `docs/trained-encoder.json${epochs}, but for what is given; --train-from none leaves it as it is.`,
  );
  return { ...config, ...Object.fromEntries(left) };
}
