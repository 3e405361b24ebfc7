import { type Group, parameters } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { ClassifierConfig } from "./classifier_config.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";

/** PSA's groups: the encoder's biases learn faster and do not decay, the linear layer learns faster. */
export function classifierGroups(
  { backbone, classifier }: Pick<ClassifierNetwork, "backbone" | "classifier">,
  { headRate, biasRate, weightDecay: decay }: Pick<
    ClassifierConfig,
    "headRate" | "biasRate" | "weightDecay"
  >,
): Group[] {
  const encoder = [...parameters(backbone.trained, "encoder")];
  const isBias = ([path]: readonly [string, Tensor]) => path.endsWith(".bias");
  return [
    { parameters: encoder.filter((entry) => !isBias(entry)), decay },
    { parameters: encoder.filter(isBias), rate: biasRate },
    { parameters: [...parameters(classifier)], rate: headRate, decay },
  ];
}
