// Checkpoints as PSA, IRN and SSDD save them, of tiny widths, through the commands without a run.
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { cam } from "../src/commands/cam.ts";
import { refine } from "../src/commands/refine.ts";
import { segment } from "../src/commands/segment.ts";
import { walk } from "../src/commands/walk.ts";
import { weights } from "../src/commands/weights.ts";
import { vocClasses } from "../src/data/labels/classes.ts";
import { Random } from "../src/data/random.ts";
import { readCam } from "../src/data/scores/cam.ts";
import { readMask } from "../src/data/masks/mask.ts";
import { DifferencePredictor, makeBackbone, publishedTensors } from "../src/models/mod.ts";
import { releaseState } from "../src/nn/mod.ts";
import { ResNet38Segmenter } from "../src/segmentation/mod.ts";
import { type Entry, entry } from "../src/weights/entry.ts";
import { writePth } from "../src/weights/write_pth.ts";
import { values } from "./check_op.ts";
import { type At, bytes, contextOf, device, ids, inFolder, message, names } from "./training.ts";

/** Widths of ResNet-38 over 32: 128 channels at its end. */
const DIVISOR = 32;
const LAST = 4096 / DIVISOR;

type File = Map<string, Entry>;

/** A tensor of numbers that follow from its name; scales are near 1. */
function made(name: string, shape: readonly number[]): Entry {
  const size = shape.reduce((a, b) => a * b, 1);
  const fan = size / shape[0];
  const scale = shape.length > 1 ? Math.sqrt(6 / fan) : 0.2;
  const near = /running_var|bn\w*\.weight$/.test(name) ? 1 : 0;
  return entry(shape, values(size, name.length).map((value) => near + scale * value));
}

/** The tensors of ResNet-38 under PSA's names. */
function encoder(before = ""): File {
  using own = makeBackbone(
    device,
    { network: "resnet38", widthDivisor: DIVISOR },
    new Random(1),
    "seeds",
  );
  return new Map(
    [...own.tensors].map(([name, { shape }]) => [before + name, made(name, shape)]),
  );
}

/** PSA's res38_cls.pth: the encoder and fc8. */
const classifier = (scores: number): File =>
  new Map([...encoder(), ["fc8.weight", made("fc8.weight", [scores, LAST, 1, 1])]]);

/** PSA's res38_aff.pth: the encoder, three reductions and their mixture. */
const affinity = (): File => {
  const widths = [64, 128, 256].map((width) => width / DIVISOR);
  const all = widths.reduce((a, b) => a + b);
  const heads = [512, 1024, 4096].map((channels, i) => {
    const name = `f8_${3 + i}.weight`;
    return [name, made(name, [widths[i], channels / DIVISOR, 1, 1])] as const;
  });
  return new Map([...encoder(), ...heads, ["f9.weight", made("f9.weight", [all, all, 1, 1])]]);
};

/** SSDD's two files, as DataParallel saves them: encoder and heads, and change predictors. */
function refinement(classes: number): { readonly segmentation: File; readonly changes: File } {
  const random = new Random(1);
  using main = new ResNet38Segmenter(device, { classes, divisor: DIVISOR }, random);
  const sub = main.branch(random);
  const sizes = { high: LAST / 8, low: 128 / DIVISOR, classes, width: 8, norm: "frozen" } as const;
  const first = new DifferencePredictor(device, sizes, random);
  const filled = (tensors: ReturnType<typeof publishedTensors>) =>
    [...tensors].map(([name, { shape }]) => [`module.${name}`, made(name, shape)] as const);
  const files = {
    segmentation: new Map([
      ...encoder("module.encoder."),
      ...filled(publishedTensors({ main, sub })),
    ]),
    changes: new Map(filled(publishedTensors({ first, second: first }))),
  };
  for (const part of [sub.head, first]) releaseState(part);
  return files;
}

async function saved(at: At, name: string, file: File): Promise<string> {
  await writePth(at(name), file);
  return at(name);
}

const list = { list: "train" };
const data = (at: At) => ({ data: at("set"), ...list });

Deno.test("PSA's checkpoints make maps and let them walk, without a run", () =>
  inFolder(async (at) => {
    const cls = await saved(at, "res38_cls.pth", classifier(2));
    const aff = await saved(at, "res38_aff.pth", affinity());
    const options = { ...data(at), scales: [1], mirror: false, mapStride: 2 };
    const maps = async (more: object, watch = contextOf()) =>
      await cam.run(cam.config.parse({ out: at("cam"), weights: cls, ...options, ...more }), watch);
    await maps({ network: "resnet38" });
    assertEquals(names(at("cam")).filter((name) => name.endsWith(".npy")).length, 8);
    const [map] = (await readCam(at("cam", `${ids[0]}.npy`), { keys: "classes" })).values();
    assert(Math.max(...map.data) > 0.9 && Math.min(...map.data) < 0.5);
    const walked = { out: at("walk"), weights: aff, ...data(at), scores: at("cam"), crf: false };
    await walk.run(walk.config.parse({ ...walked, logSteps: 2 }), contextOf());
    assertEquals(names(at("walk", "masks")).length, 8);
    assertNotEquals(
      await bytes(at("walk", `${ids[0]}.npy`)),
      await bytes(at("cam", `${ids[0]}.npy`)),
    );

    const bare = await saved(at, "bare.pth", encoder());
    const { scores: _, crf: __, ...plain } = walked;
    const tried = (more: object) =>
      message(cam.run(cam.config.parse({ ...plain, out: at("o"), ...more }), contextOf()));
    assertStringIncludes(
      await tried({ weights: bare }),
      "the encoder of resnet38 and no class scores",
    );
    assertStringIncludes(await tried({ weights: cls, run: at("r") }), "give either --run");
    assertStringIncludes(await tried({ weights: undefined }), "give either --run");
    assertStringIncludes(await tried({ weights: cls, data: undefined }), "without --data");
    assertStringIncludes(
      await tried({ weights: cls, network: "resnet50" }),
      "for resnet50: it has",
    );
    const without = walk.config.parse({ ...walked, out: at("o"), weights: cls });
    assertStringIncludes(await message(walk.run(without, contextOf())), "no affinities (f8_3");
  }));

Deno.test("a checkpoint of 20 classes knows them as PASCAL VOC's; other numbers must be named", () =>
  inFolder(async (at) => {
    const voc = await saved(at, "voc.pth", classifier(20));
    const seven = await saved(at, "seven.pth", classifier(7));
    await Deno.mkdir(at("photos"));
    for (const id of ids.slice(0, 2)) {
      await Deno.copyFile(at("set", "JPEGImages", `${id}.png`), at("photos", `${id}.png`));
    }
    const labels = `${ids[0]} dog\n${ids[1]} cat person\n`;
    await Deno.writeTextFile(at("photos", "image_labels.txt"), labels);
    const lines: string[] = [];
    const options = { data: at("photos"), scales: [1], mirror: false };
    const config = cam.config.parse({ ...options, weights: voc, out: at("cam") });
    await cam.run(config, contextOf({ lines }));
    const found = await Promise.all(
      ids.slice(0, 2).map(async (id) => {
        return [...(await readCam(at("cam", `${id}.npy`), { keys: "classes" })).keys()];
      }),
    );
    assertEquals(
      found,
      [["dog"], ["cat", "person"]].map((some) => some.map((name) => vocClasses.indexOf(name))),
    );
    assertEquals(
      (await Deno.readTextFile(at("cam", "classes.txt"))).trim().split("\n"),
      vocClasses,
    );
    assertStringIncludes(lines.join("\n"), "--classes");
    const other = cam.config.parse({ ...options, weights: seven, out: at("other") });
    assertStringIncludes(
      await message(cam.run(other, contextOf())),
      "it knows 7 besides the background, and these are 3. Give --classes",
    );
    const many = cam.config.parse({
      ...{ ...options, out: at("other") },
      weights: await saved(at, "many.pth", classifier(1000)), // as ImageNet's
    });
    assertStringIncludes(
      await message(cam.run(many, contextOf())),
      "it scores 1000 others, more than masks may have. Train your own scores on it: train classifier",
    );
    await Deno.writeTextFile(at("photos", "image_labels.txt"), labels.replace("cat", "checks"));
    const foreign = cam.config.parse({ ...options, weights: voc, out: at("foreign") });
    assertStringIncludes(
      await message(cam.run(foreign, contextOf())),
      "it knows the 20 of PASCAL VOC, and checks is none of them. Train your own scores on it",
    );
  }));

Deno.test("IRN's classifier makes maps with its strides, which walk over its class boundaries", () =>
  inFolder(async (at) => {
    using own = makeBackbone(device, { network: "resnet18" }, new Random(1), "seeds");
    const tensors = [...own.tensors].map(([name, { shape }]) => [name, made(name, shape)] as const);
    const file = new Map([
      ...tensors.map(([name, value]) => [`resnet50.${name}`, value] as const),
      ["stage1.0.weight", tensors[0][1]],
      ["classifier.weight", made("classifier.weight", [2, 512, 1, 1])],
    ]);
    const path = await saved(at, "res50_cam.pth", file);
    await Deno.writeTextFile(at("one.txt"), ids[0]);
    const one = { data: at("set"), list: at("one.txt"), scales: [1], mirror: false };
    await cam.run(cam.config.parse({ ...one, weights: path, out: at("cam") }), contextOf());
    assertEquals(names(at("cam")).filter((name) => name.endsWith(".npy")), [`${ids[0]}.npy`]);
    const lines: string[] = [];
    await weights.run({ file: path }, contextOf({ lines }));
    assertStringIncludes(lines.join("\n"), "--no-dilate");

    const edges = [64, 64, 128, 256, 512].flatMap((channels, i): [string, number[]][] => [
      [`fc_edge${i + 1}.0.weight`, [8, channels, 1, 1]],
      [`fc_edge${i + 1}.1.weight`, [8]],
      [`fc_edge${i + 1}.1.bias`, [8]],
    ]);
    const mixture: [string, number[]][] = [["fc_edge6.weight", [1, 40, 1, 1]], [
      "fc_edge6.bias",
      [1],
    ]];
    for (const [name, shape] of [...edges, ...mixture]) file.set(name, made(name, shape));
    const indices = entry([1, 3], BigInt64Array.of(3n, 1n, 2n));
    const irn = await saved(at, "res50_irn.pth", file.set("path_indices0", indices));
    await weights.run({ file: irn }, contextOf({ lines }));
    assertStringIncludes(lines.join("\n"), "fc_edge1 to fc_edge6 of 8 channels");
    assertStringIncludes(lines.join("\n"), `walk: --weights ${irn}`);
    const { scales: _, mirror: __, ...of } = { ...one, scores: at("cam"), crf: false };
    const walked = { ...of, weights: irn, network: "resnet18", out: at("walk"), logSteps: 1 };
    await walk.run(walk.config.parse({ ...walked, background: 0.3 }), contextOf({ lines }));
    assertStringIncludes(lines.join("\n"), "IRN's class boundaries, power 10, 2^1 steps");
    const maps = await readCam(at("walk", `${ids[0]}.npy`), { keys: "classes" });
    assert(maps.get(0)!.data.every((score) => Math.abs(score - 0.3) < 1e-3));
    assertEquals([maps.get(0)!.width, maps.get(0)!.height], [10, 9]);
    const tried = (more: object) =>
      message(walk.run(walk.config.parse({ ...walked, out: at("o"), ...more }), contextOf()));
    assertStringIncludes(await tried({ backgroundPower: 4 }), "Give --background, or");
    assertStringIncludes(await tried({ network: "resnet50" }), "for resnet50: it has");
  }));

Deno.test("SSDD's checkpoints segment and refine, without a run", () =>
  inFolder(async (at) => {
    const { segmentation, changes } = refinement(3);
    const seg = await saved(at, "ssdd_seg.pth", segmentation);
    const dd = await saved(at, "ssdd_dd.pth", changes);
    const lines: string[] = [];
    for (const file of [seg, dd]) await weights.run({ file }, contextOf({ lines }));
    const told = lines.join("\n");
    assertStringIncludes(told, "head       seg_main, 3 classes with the background");
    assertStringIncludes(
      told,
      "dd_head1 and dd1: the second change predictor, 8 channels, 3 classes",
    );
    await Deno.writeTextFile(at("two.txt"), ids.slice(0, 2).join("\n"));
    const two = { data: at("set"), list: at("two.txt"), weights: seg };
    const segmented = segment.config.parse({ ...two, out: at("masks"), network: "resnet38" });
    await segment.run(segmented, contextOf());
    const mask = await readMask(at("masks", `${ids[0]}.png`));
    assert(mask.data.every((c) => c < 3));
    // The published network of validation has one head, which is called otherwise.
    const alone = [...segmentation].filter(([name]) => !name.includes("seg_sub"))
      .map(([name, value]) => [name.replace("seg_main", "seg"), value] as const);
    const val = await saved(at, "val.pth", new Map(alone));
    await segment.run({ ...segmented, weights: val, out: at("again") }, contextOf());
    assertEquals((await readMask(at("again", `${ids[0]}.png`))).data, mask.data);
    assert(new Set(mask.data).size > 1);
    const pair = { knowledge: "SegmentationClass", predictor: dd, changes: at("changes") };
    const refined = refine.config.parse({ ...two, ...pair, out: at("refined") });
    await refine.run(refined, contextOf());
    assertEquals(names(at("changes")).filter((name) => name.endsWith(".npy")).length, 2);
    const tried = (more: object) =>
      message(
        refine.run(refine.config.parse({ ...two, ...pair, out: at("o"), ...more }), contextOf()),
      );
    assertStringIncludes(
      await tried({ predictor: undefined }),
      "has no change predictor (dd_head0",
    );
    const other = await saved(at, "other.pth", refinement(4).changes);
    assertStringIncludes(await tried({ predictor: other }), "of 4 classes");
    const cls = await saved(at, "cls.pth", classifier(2));
    assertStringIncludes(await tried({ weights: cls }), "no segmentation head (seg_main, seg)");
  }));
