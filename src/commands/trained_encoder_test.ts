import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import type { Context } from "../options/command.ts";
import { readOptions } from "../options/flags.ts";
import { checkAugmentOptions } from "../segmentation/mask_inputs.ts";
import { MOBILENET_RECIPE, trainedRecipe } from "../options/trained_recipe.ts";
import { checkNetworkOptions } from "../segmentation/networks.ts";
import { masks } from "./masks.ts";
import { stepsOf } from "./masks_steps.ts";
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
    const [seeds, first, , network] = stepsOf(config, [], {} as Context)
      .map(({ options }) => options.made.at(-1)!);
    assertEquals(ofRecipe(network), recipe, learn);
    const changed = { ...recipe, epochs: 3, headRate: 5, scaleRange: [1, 2] };
    assertEquals(ofRecipe(first), changed);
    assertEquals([seeds.network, seeds.trainFrom], ["mobilenet-v2", undefined]);
  }
});

Deno.test("masks: a network advises by default where a pre-trained encoder is trained", () => {
  const refined = (...more: string[]) => {
    const args = ["--config", path, "--data", "d", "--out", "o", ...more];
    const steps = stepsOf(readOptions(masks, args, "henka").config, [], {} as Context);
    const { advice, flagWeight } = steps.find(({ name }) => name === "refined")!
      .options.made.at(-1)!;
    return [advice, flagWeight];
  };
  const alone = [undefined, 1]; // the advice of the run
  assertEquals(refined("--weights", "w"), [["crf", join("o", "advice")], "auto"]);
  assertEquals(refined("--weights", "w", "--no-network-advice"), alone);
  assertEquals(refined("--weights", "w", "--no-seeds.walk.crf"), alone);
  assertEquals(refined("--weights", "w", "--train-from", "none"), alone);
  assertEquals(refined(), alone);
});

Deno.test("a MobileNetV2 with weights is trained by the recipe, in fewer epochs, unless that is left out", () => {
  assertEquals({ network: "mobilenet-v2", ...MOBILENET_RECIPE, epochs: 10 }, recipe);
  const lines: string[] = [];
  const settled = (given: Record<string, unknown>) => {
    const open = { keepAspect: false, imageSize: 256, head: "context", ...given } as const;
    return trainedRecipe(
      { network: "mobilenet-v2", weights: "w", ...open },
      given,
      (line) => lines.push(line),
    );
  };
  assertEquals(settled({ imageSize: 192 }), {
    ...{ network: "mobilenet-v2", weights: "w" },
    ...MOBILENET_RECIPE,
    imageSize: 192,
  } as unknown as ReturnType<typeof settled>);
  assertEquals(lines.length, 1);
  const kept = [{ trainFrom: null }, { trainFrom: 5 }, { weights: undefined }, {
    network: "resnet18",
  }];
  for (const given of kept) {
    assertEquals(settled(given), {
      ...{ network: "mobilenet-v2", weights: "w" },
      ...{ keepAspect: false, imageSize: 256, head: "context", ...given },
    } as unknown as ReturnType<typeof settled>);
  }
  assertEquals(lines.length, 1);
});
