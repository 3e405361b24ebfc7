import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { state } from "../nn/mod.ts";
import { read, type Tensor } from "../tensor/mod.ts";
import { type Entry, entry } from "../weights/entry.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { type DifferenceOptions, DifferencePredictor } from "./difference.ts";
import { loadPublished, publishedTensors } from "./published.ts";
import { ResNet38Segmenter } from "../segmentation/mod.ts";

const SHAPE: DifferenceOptions = { high: 4, low: 2, classes: 21, width: 8, norm: "frozen" };

function networks(device: Device, seed: number) {
  const segmenter = new ResNet38Segmenter(device, { classes: 21, divisor: 32 }, new Random(seed));
  const predictor = (name: string) =>
    new DifferencePredictor(device, SHAPE, new Random(seed).fork(name));
  const sub = segmenter.branch(new Random(seed).fork("sub"));
  return {
    segmentation: { encoder: segmenter.encoder, main: segmenter, sub },
    changes: { first: predictor("first"), second: predictor("second") },
  };
}

/** The values of a file with the names of SSDD's `state_dict`, each its own. */
async function published(tensors: Iterable<[string, Tensor]>) {
  const entries = new Map<string, Entry>([[
    "bn.num_batches_tracked",
    entry([], new BigInt64Array(1)),
  ]]);
  for (const [name, x] of tensors) entries.set(name, entry(x.shape, await read(x)));
  return entries;
}

/** What the heads and predictors hold, and the ends of the encoder. */
const valuesOf = async (part: object) =>
  await Promise.all(
    [...state(part)].filter(([path]) => !/encoder\.b\d/.test(path))
      .map(async ([path, x]) => [path, ...await read(x)]),
  );

Deno.test("published names are those of SSDD's checkpoints", async () => {
  using device = await Device.open();
  const { segmentation, changes } = networks(device, 1);
  const names = [...publishedTensors({ ...segmentation, ...changes })].map(([name]) => name);
  assertEquals(new Set(names).size, names.length);
  for (
    const name of [
      "conv1a.weight",
      "b6.bn_branch2b2.running_var",
      "seg_main.seg1.conv1.bias",
      "seg_main.seg1.bn1.running_mean",
      "seg_sub.seg2.weight",
      "dd_head0.conv1ab.conv1.weight",
      "dd_head1.conv1ab.bn1.bias",
      "dd0.conv1c.conv1.weight",
      "dd0.conv1abc.bn2.running_var",
      "dd1.conv1abc.downsample.weight",
      "dd1.conv1abc.bnd.weight",
      "dd1.pred_abc.weight",
    ]
  ) assertEquals(names.includes(name), true, name);
  const ofFirst = names.filter((name) => /^dd(_head)?0\./.test(name));
  assertEquals(ofFirst.length, 7 + 6 * 4); // convolutions, and batch norms but for the last one
});

Deno.test("published heads and change predictors load, with and without module.", async () => {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  const path = join(folder, "ssdd.safetensors");
  const saved = networks(device, 1);
  const { encoder, ...heads } = saved.segmentation;
  const encoderTensors = await published(publishedTensors({ encoder }));
  const others = await published(publishedTensors({ ...heads, ...saved.changes }));
  for (const prefix of ["", "module."]) {
    const file = new Map<string, Entry>();
    for (const [name, values] of encoderTensors) file.set(`${prefix}encoder.${name}`, values);
    for (const [name, values] of others) file.set(prefix + name, values);
    await writeSafetensors(path, file);
    const loaded = networks(device, 2);
    await loadPublished(path, loaded.segmentation);
    assertEquals(await valuesOf(loaded.segmentation), await valuesOf(saved.segmentation));
    assertNotEquals(await valuesOf(loaded.changes), await valuesOf(saved.changes));
    await loadPublished(path, loaded.changes);
    assertEquals(await valuesOf(loaded.changes), await valuesOf(saved.changes));
    assertNotEquals(await valuesOf(loaded.changes.first), await valuesOf(loaded.changes.second));
  }
  const { second } = networks(device, 3).changes;
  await writeSafetensors(path, await published(publishedTensors({ first: second })));
  const before = await valuesOf(second);
  await assertRejects(
    () => loadPublished(path, { second }),
    InputError,
    `Cannot load ${path}: it has no tensor "dd_head1.conv1ab.conv1.weight"`,
  );
  assertEquals(await valuesOf(second), before);
  await Deno.remove(folder, { recursive: true });
});
