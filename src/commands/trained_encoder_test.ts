import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { Context } from "../options/command.ts";
import { readOptions } from "../options/flags.ts";
import { checkAugmentOptions } from "../segmentation/mask_inputs.ts";
import { checkNetworkOptions } from "../segmentation/networks.ts";
import { masks, stepsOf } from "./masks.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";

const path = fromFileUrl(new URL("../../docs/trained-encoder.json", import.meta.url));
const recipe = JSON.parse(Deno.readTextFileSync(path));

/** The options of the recipe, as a command has them. */
const ofRecipe = (config: Record<string, unknown>) =>
  Object.fromEntries(Object.keys(recipe).map((key) => [key, config[key]]));

Deno.test("the recipe of a trained encoder is one of each training that segments", () => {
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
    assertEquals(ofRecipe(config), recipe);
  }
});

Deno.test("masks trains by the recipe, its steps by their own options before, its seeds by theirs", () => {
  for (const learn of ["dynamic", "segmenter"]) {
    const args = ["--config", path, "--data", "d", "--out", "o", "--learn", learn];
    const own = ["--static.epochs", "3", "--static.head-rate", "5", "--static.scale-range", "1,2"];
    const { config } = readOptions(masks, [...args, ...own], "henka");
    const [seeds, first, , network] = stepsOf(config, {} as Context)
      .map(({ options }) => options.made.at(-1)!);
    assertEquals(ofRecipe(network), recipe, learn);
    const changed = { ...recipe, epochs: 3, headRate: 5, scaleRange: [1, 2] };
    assertEquals(ofRecipe(first), changed);
    assertEquals([seeds.network, seeds.trainFrom], ["mobilenet-v2", undefined]);
  }
});
