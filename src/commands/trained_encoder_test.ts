import { assertEquals } from "@std/assert";
import { checkAugmentOptions } from "../segmentation/mask_inputs.ts";
import { checkNetworkOptions } from "../segmentation/networks.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";

const path = new URL("../../docs/trained-encoder.json", import.meta.url);

Deno.test("the recipe of a trained encoder is one of each training that segments", () => {
  const recipe = JSON.parse(Deno.readTextFileSync(path));
  const given = { ...recipe, data: "d", out: "o", scores: "s" };
  const { scores: _, ...rest } = given;
  const configs = [
    trainSegmenter.config.parse({ ...rest, masks: "m" }),
    trainStatic.config.parse(given),
    trainDynamic.config.parse({ ...rest, seedMasks: "m" }),
  ];
  for (const config of configs) {
    checkNetworkOptions(config);
    checkAugmentOptions(config);
    const { learningRate, headRate, head, keepAspect } = config;
    assertEquals([learningRate, headRate, head, keepAspect], [1e-4, 10, "skip", true]);
  }
});
