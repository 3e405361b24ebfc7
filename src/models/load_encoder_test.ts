import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  layoutOf,
  mobileNetFile,
  mxnetFile,
  prefixed,
  resNetFile,
  type Tensors,
} from "../../tests/layout_files.ts";
import { assertNear } from "../../tests/check_op.ts";
import { formulaWeights } from "../../tests/formula_weights.ts";
import { imageNet, symmetric } from "../data/images/normalise.ts";
import { Random } from "../data/random.ts";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { encodeState } from "../nn/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { readEncoder } from "../weights/encoder_file.ts";
import { entry, float32 } from "../weights/entry.ts";
import { NORM } from "../weights/layouts/layout.ts";
import { variants } from "../weights/layouts/variant.ts";
import { resNet38Layouts } from "../weights/layouts/resnet38.ts";
import { encodeSafetensors } from "../weights/safetensors.ts";
import { type BackboneOptions, buildBackbone, makeBackbone } from "./backbone.ts";

/** The shapes of an encoder's tensors by name. */
async function shapesOf(options: BackboneOptions) {
  using device = await Device.open();
  using made = makeBackbone(device, options, new Random(1), "seeds");
  return new Map([...made.tensors].map(([name, { shape }]) => [name, shape]));
}

async function inFolder(
  test: (save: (file: Tensors | Uint8Array) => Promise<string>) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  let count = 0;
  try {
    await test(async (file) => {
      const path = join(folder, `${count++}.safetensors`);
      await Deno.writeFile(path, file instanceof Uint8Array ? file : encodeSafetensors(file));
      return path;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const message = async (weights: string, network?: Parameters<typeof readEncoder>[1]) =>
  (await assertRejects(() => readEncoder(weights, network), InputError)).message
    .replace(weights, "FILE");

Deno.test("MobileNetV2 of torchvision, timm and Hugging Face: one network in two variants", () =>
  inFolder(async (save) => {
    const shapes = await shapesOf({ network: "mobilenet-v2" });
    const layout = (name: string) => layoutOf("mobilenet-v2", name);
    const torchvision = mobileNetFile(shapes, layout("torchvision"));
    const timm = mobileNetFile(shapes, layout("timm"));
    const face = layout("Hugging Face");
    const hugging = mobileNetFile(shapes, { ...face, classifier: "none" }, 1);
    const outer: Tensors = new Map([
      ...prefixed("mobilenet_v2.", hugging),
      ["classifier.weight", entry([1001, 1280], new Float32Array(1001 * 1280))],
    ]);
    const plain = await readEncoder(await save(torchvision), "mobilenet-v2");
    const nested = await readEncoder(await save(prefixed("state_dict.module.", timm)));
    const published = await readEncoder(await save(outer));
    for (const name of plain.tensors.keys()) {
      assertEquals(nested.tensors.get(name), plain.tensors.get(name), name);
    }
    assertEquals(
      [plain, nested, published].map(({ layout: { name }, variant, prefix, classifier }) => [
        ...[name, variant, prefix, classifier?.weight.shape[0]],
      ]),
      [
        ["torchvision", "torchvision", "", 1000],
        ["timm", "torchvision", "state_dict.module.", 1000],
        ["Hugging Face", "tensorflow", "mobilenet_v2.", 1001],
      ],
    );
    // Folded as TensorFlow's epsilon says.
    const [weight, bias] = ["weight", "bias"].map((part) =>
      float32(published.tensors.get(`block3.project.${part}`)!)
    );
    const at = "features.4.conv";
    const [g, b, m, v] = NORM.map((part) => formulaWeights(`${at}.3.${part}`, [bias.length]));
    const raw = formulaWeights(`${at}.2.weight`, shapes.get("block3.project.weight")!);
    const scale = g.map((g, c) => g / Math.sqrt(v[c] + 1e-3));
    const each = raw.length / bias.length;
    assertNear(weight, raw.map((w, i) => w * scale[Math.floor(i / each)]), 1e-6);
    assertNear(bias, b.map((b, c) => b - m[c] * scale[c]), 1e-6);
  }));

Deno.test("a variant travels with the weights: into the network, and out in a note", () =>
  inFolder(async (save) => {
    assertEquals([variants.tensorflow.normalisation, variants.torchvision.normalisation], [
      symmetric,
      imageNet,
    ]);
    const options = { network: "mobilenet-v2", outputStride: 32 } as const;
    const shapes = await shapesOf(options);
    const file = mobileNetFile(shapes, layoutOf("mobilenet-v2", "torchvision"), 20);
    const weights = await save(file);
    using device = await Device.open();
    using _scope = device.scope();
    const x = tensor(device, new Float32Array(3 * 32 * 32).fill(0.5), [1, 3, 32, 32]);
    const values = async (weights: string, more: Partial<BackboneOptions> = {}) => {
      using backbone = await buildBackbone(device, { ...options, ...more, weights }, new Random(1));
      const [first] = backbone.encode(x, "infer");
      const own = await encodeState(backbone.tensors, { variant: "torchvision" });
      const unnoted = await encodeState(backbone.tensors);
      const { normalisation } = backbone;
      return { map: await read(first), key: await backbone.key(), own, unnoted, normalisation };
    };
    const published = await values(weights);
    const noted = await values(await save(published.own));
    const unnoted = await values(await save(published.unnoted));
    assertEquals([noted.map, noted.key], [published.map, published.key]);
    const told = { network: "mobilenet-v2", weights: await save(published.unnoted) } as const;
    assertEquals((await readEncoder(told.weights)).unsaid, true);
    assertEquals(
      (await readEncoder(told.weights, told.network, "torchvision")).variant,
      "torchvision",
    );
    assert(unnoted.key !== noted.key && unnoted.map.some((v, i) => v !== noted.map[i]));
    assertEquals(
      [published, noted, unnoted].map(({ normalisation }) => normalisation),
      [imageNet, imageNet, symmetric],
    );
    const refused = await assertRejects(
      () => values(weights, { variant: "tensorflow" }),
      InputError,
      `Cannot use ${weights} as a network of tensorflow: it is of torchvision`,
    );
    assertStringIncludes(refused.message, "Leave --variant out.");
    const strange = encodeSafetensors(new Map((await readEncoder(weights)).tensors), {
      variant: "caffe",
    });
    assertStringIncludes(
      await message(await save(strange)),
      "Cannot use FILE: its note says that it is of the variant caffe.",
    );
  }));

Deno.test("ResNets of torchvision, Hugging Face and IRN are the same network", () =>
  inFolder(async (save) => {
    const shapes = await shapesOf({ network: "resnet18" });
    const own = resNetFile(shapes, layoutOf("resnet18", "torchvision"));
    const face = resNetFile(shapes, layoutOf("resnet18", "Hugging Face"));
    // IRN's network names its stages a second time.
    const again = new Map([["stage1.0.weight", own.get("conv1.weight")!]]);
    const irn = new Map([...prefixed("resnet50.", own), ...again]);
    irn.set("classifier.weight", entry([20, 512, 1, 1], new Float32Array(20 * 512)));
    const files = [own, prefixed("resnet.", face), irn];
    const read = await Promise.all(files.map(async (file) => await readEncoder(await save(file))));
    assertEquals(read.map(({ prefix }) => prefix), ["", "resnet.", "resnet50."]);
    for (const { tensors, layout } of read) {
      assertEquals(layout.network, "resnet18");
      assertEquals(new Map(tensors), own);
    }
    assertEquals(read[2].classifier?.weight.shape[0], 20);

    const larger = new Map([...own, ["layer1.2.conv1.weight", own.get("layer1.1.conv1.weight")!]]);
    assertEquals(
      await message(await save(larger)),
      "Cannot use FILE: it is of no known layout. The nearest is torchvision's resnet18, but it also " +
        'has "layer1.2.conv1.weight". Give a file of the whole network.',
    );
    const part = new Map([...face].slice(0, -7));
    assertStringIncludes(
      await message(await save(part)),
      "The nearest is Hugging Face's resnet18, but it lacks " +
        '"encoder.stages.3.layers.1.layer.0.normalization.running_mean" and 6 more. Give',
    );
    assertStringIncludes(
      await message(await save(own), "resnet50"),
      "Cannot use FILE for resnet50: it has the weights of resnet18 with the names of torchvision. " +
        "Give --network resnet18",
    );
    const two = new Map([...prefixed("ema.", own), ...prefixed("student.", own)]);
    const both = await save(two);
    assertStringIncludes(
      await message(both),
      '"ema." and "student." in it are both encoders. Make',
    );
    for (const prefix of ["student", "student."]) {
      const one = await readEncoder(both, undefined, undefined, prefix);
      assertEquals([one.prefix, one.others], ["student.", ["ema."]]);
    }
    await assertRejects(
      () => readEncoder(both, undefined, undefined, "teacher"),
      InputError,
      `no encoder's names begin with "teacher". Give one of: "ema.", "student.".`,
    );
    const whole = entry([64, 3, 7, 7], new Int8Array(64 * 3 * 49));
    assertStringIncludes(
      await message(await save(new Map([...own, ["conv1.weight", whole]]))),
      "Cannot use FILE: its conv1.weight holds whole numbers (I8)",
    );
    const single = new Map([["", entry([1], new Float32Array(1))]]);
    assertStringIncludes(await message(await save(single)), "it is a single tensor. Give weights");
    const few = new Map([...own].slice(0, 9));
    assertStringIncludes(await message(await save(few)), 'names such as its "conv1.weight" are');
    const none = new Map([["tokens.weight", entry([1], new Float32Array(1))]]);
    assertStringIncludes(await message(await save(none)), 'names such as its "tokens.weight" are');
  }));

Deno.test("ResNet-38 of PSA and of ademxapp's .params is the same network", () =>
  inFolder(async (save) => {
    const options = { network: "resnet38", widthDivisor: 32 } as const;
    const shapes = await shapesOf(options);
    const [psa, ademxapp] = resNet38Layouts;
    assertEquals(new Set(psa.tensors.keys()), new Set(shapes.keys()));
    const value = (name: string) =>
      entry(shapes.get(name)!, formulaWeights(name, shapes.get(name)!));
    const own: Tensors = new Map([...shapes.keys()].map((name) => [name, value(name)]));
    const classifier = entry([20, 128, 1, 1], new Float32Array(20 * 128));
    const trained = prefixed("module.", new Map([...own, ["fc8.weight", classifier]]));
    const params = new Map([...ademxapp.tensors].map(([ours, theirs]) => [theirs, value(ours)]));
    assertEquals(
      ["arg:bn2b1_branch2a_gamma", "aux:bn7_moving_var", "arg:res6a_branch2b2_weight"].filter((
        name,
      ) => !params.has(name)),
      [],
    );
    const bytes = mxnetFile(new Map([...params, ["arg:linear1000_weight", classifier]]));
    const [a, b] = [await readEncoder(await save(trained)), await readEncoder(await save(bytes))];
    assertEquals([new Map(a.tensors), new Map(b.tensors)], [own, own]);
    assertEquals([a.classifier?.weight.shape[0], b.classifier?.weight.shape[0]], [20, 20]);
    assertStringIncludes(
      await message(await save(bytes.slice(0, -3))),
      "Cannot read FILE: it is trunc",
    );
    for (let at = 0; at < 200; at++) { // whatever is damaged, it is a mistake of the input
      const damaged = bytes.slice(0, 4000);
      damaged[16 + at] ^= 0xff;
      await assertRejects(async () => await readEncoder(await save(damaged)), InputError);
    }
  }));
