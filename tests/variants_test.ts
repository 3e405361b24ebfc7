// How MobileNetV2 pads and is normalised goes with its weights through runs and checkpoints.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { segment } from "../src/commands/segment.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { weights as weightsCommand } from "../src/commands/weights.ts";
import { Random } from "../src/data/random.ts";
import { makeBackbone } from "../src/models/mod.ts";
import { readEncoder } from "../src/weights/encoder_file.ts";
import { encodeSafetensors, readSafetensors } from "../src/weights/safetensors.ts";
import { layoutOf, mobileNetFile } from "./layout_files.ts";
import { type At, contextOf, device, inFolder, message, names } from "./training.ts";

const json = async (...path: [string, ...string[]]) =>
  JSON.parse(await Deno.readTextFile(join(...path)));

/** Writes files of a network: torchvision's, and one of ours without a note. */
async function writeWeights(at: At): Promise<void> {
  using made = makeBackbone(device, { network: "mobilenet-v2" }, new Random(1), "seeds");
  const shapes = new Map([...made.tensors].map(([name, { shape }]) => [name, shape]));
  const file = mobileNetFile(shapes, layoutOf("mobilenet-v2", "torchvision"), 20);
  await Deno.writeFile(at("torchvision.pth"), encodeSafetensors(file));
  const own = at("noted.safetensors");
  await weightsCommand.run({ file: at("torchvision.pth"), to: own }, contextOf());
  const { tensors } = await readSafetensors(own);
  await Deno.writeFile(at("unnoted.safetensors"), encodeSafetensors(tensors));
}

Deno.test("a run notes the variant of its weights; commands and later trainings follow it", () =>
  inFolder(async (at) => {
    await writeWeights(at);
    const common = { data: at("set"), network: "mobilenet-v2", epochs: 1, batch: 8, saveEvery: 1 };
    const train = async (out: string, weights: string | undefined, options: object = {}) => {
      const small = { masks: "SegmentationClass", imageSize: 40 };
      const given = { ...common, ...small, out: at(out), weights, ...options };
      await trainSegmenter.run(trainSegmenter.config.parse(given), contextOf());
    };
    const variantsOf = async (out: string) => [
      (await json(at(out), "config.json")).variant,
      (await json(at(out), "model.json")).variant,
    ];
    await train("a", at("torchvision.pth"));
    await train("b", at("noted.safetensors"));
    await train("old", at("unnoted.safetensors"));
    assertEquals(await variantsOf("a"), ["torchvision", "torchvision"]);
    assertEquals(await variantsOf("b"), ["torchvision", "torchvision"]);
    assertEquals(await variantsOf("old"), ["tensorflow", "tensorflow"]);
    const losses = await Promise.all(["a", "b", "old"].map(async (run) => {
      const [line] = (await Deno.readTextFile(at(run, "metrics.jsonl"))).split("\n");
      return JSON.parse(line).segmentation;
    }));
    assertEquals([losses[1] === losses[0], losses[2] === losses[0]], [true, false]);

    // Runs of earlier versions say nothing, and are TensorFlow's.
    for (const name of ["config.json", "model.json"]) {
      const { variant: _, ...before } = await json(at("old"), name);
      await Deno.writeTextFile(at("old", name), JSON.stringify(before));
    }
    await train("old", at("unnoted.safetensors"), { resume: true });
    const segmented = async (run: string) => {
      const given = { run: at(run), data: at("set"), list: "train", out: at(`${run}-masks`) };
      await segment.run(segment.config.parse(given), contextOf());
      const masks = names(at(`${run}-masks`)).filter((name) => name.endsWith(".png"));
      return await Promise.all(masks.map((name) => Deno.readFile(at(`${run}-masks`, name))));
    };
    assertEquals(await segmented("a"), await segmented("b"));
    assertEquals((await segmented("old")).length, 8);

    // A checkpoint is a file of weights, too.
    const out = at("classifier");
    const given = { ...common, weights: at("torchvision.pth"), out, frozenSides: [32] };
    await trainClassifier.run(trainClassifier.config.parse(given), contextOf());
    const checkpoint = at("classifier", "checkpoints", names(at("classifier", "checkpoints"))[0]);
    assertEquals((await readEncoder(checkpoint)).variant, "torchvision");
    assertStringIncludes(
      await message(train("c", checkpoint, { variant: "tensorflow" })),
      `Cannot use ${checkpoint} as a network of tensorflow: it is of torchvision`,
    );
  }));
