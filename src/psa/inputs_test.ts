import { assert, assertEquals } from "@std/assert";
import { SAMPLE, samplePairs } from "../../tests/sample_pairs.ts";
import { Device } from "../gpu/mod.ts";
import type { Mask } from "../data/masks/mask.ts";
import { type Batch, featureBatches, imageBatches, stepsPerEpoch } from "../training/batches.ts";
import { uploadMasks } from "../training/upload.ts";
import { FeatureCache } from "../training/feature_cache.ts";
import type { Context } from "../options/command.ts";
import { read, readIndices, type Tensor } from "../tensor/mod.ts";
import { avgPool } from "../wgsl/mod.ts";
import { affinityInputs, type AffinitySample } from "./inputs.ts";
import type { AffinityNetworks } from "./networks.ts";

const symmetric = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

/** Networks whose one map is the picture, averaged over blocks of 2 x 2. */
const networks = (longSide?: number) =>
  ({
    backbone: { normalisation: symmetric },
    ...{ stride: 2, multiple: 4, longSide },
    encode: (x: Tensor) => [avgPool(x, { size: 2 })],
  }) as unknown as AffinityNetworks;

async function withSamples(
  test: (samples: readonly AffinitySample[], folder: string, device: Device) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  try {
    const pairs = await samplePairs(folder, 5);
    await test(
      pairs.map(({ id, image, knowledge, labels }) => ({ id, image, target: knowledge, labels })),
      folder,
      device,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The label of every cell of a batch, and the brightness that the encoder saw there. */
async function seen(batch: Batch<Mask>): Promise<[label: number, brightness: number][]> {
  const [map] = batch.features();
  const labels = uploadMasks(map.device, batch.items);
  const [n, , h, w] = map.shape;
  assertEquals(labels.shape, [n, h, w]);
  const [values, indices] = [await read(map), await readIndices(labels)];
  return [...indices].map((label, i) => {
    const [image, u] = [Math.floor(i / (h * w)), i % (h * w)];
    return [label, values[image * 3 * h * w + u]];
  });
}

Deno.test("labels lie on what the encoder sees: kept features, mirrored or not", () =>
  withSamples(async (samples, folder, device) => {
    const own = networks(24);
    const side = 24;
    const inputs = affinityInputs(own, side);
    const views = await Promise.all(samples.map((sample) => inputs.views(sample)));
    const images = samples.map(({ image }, i) => ({ image, views: views[i] }));
    const context = {
      device: () => Promise.resolve(device),
      progress: () => ({ update() {}, done() {} }),
      log() {},
      signal: new AbortController().signal,
    } as Context;
    using cache = await FeatureCache.open(folder, inputs.encoder, images, "test", context);
    const kept = await Promise.all(samples.map((sample) => inputs.kept(sample)));
    const plan = { batch: 2, accumulate: 1, seed: 3 };
    assertEquals(stepsPerEpoch(samples.length, plan), 2);
    const figures = new Set<string>();
    let steps = 0;
    for (const [batch] of featureBatches(cache, kept, plan, 0, inputs.view)) {
      using _scope = device.scope();
      const cells = await seen(batch);
      for (const [i, [label, brightness]] of cells.entries()) {
        const row = Math.floor(i % 144 / 12);
        if (row >= SAMPLE.height / 2) {
          assertEquals([label, brightness], [255, 0], "nothing is below the photograph");
        } else if (Math.abs(brightness) > 0.75) assertEquals(label > 0, brightness > 0);
      }
      for (const image of [cells.slice(0, 144), cells.slice(144)]) {
        figures.add(image.map(([label]) => label).join(""));
      }
      if (++steps === 12) break;
    }
    assert(figures.size > 5, "photographs and their mirror images");
  }));

Deno.test("labels lie on what the encoder sees: cuts of photographs, void outside of them", () =>
  withSamples(async (samples, _, device) => {
    const inputs = affinityInputs(networks(), 20);
    const plan = { batch: 2, accumulate: 1, seed: 3 };
    const kinds = new Map<number, number>();
    let steps = 0;
    for await (const [batch] of imageBatches(device, inputs, samples, plan, 0)) {
      using _scope = device.scope();
      for (const [label, brightness] of await seen(batch)) {
        kinds.set(label, (kinds.get(label) ?? 0) + 1);
        if (label === 255) assert(brightness > -0.6 && brightness < 0.6, `${brightness}`);
        // Jitter changes colours, but not what is bright.
        else if (Math.abs(brightness) > 0.75) assertEquals(label > 0, brightness > 0);
      }
      if (++steps === 4) break;
    }
    assertEquals([...kinds.keys()].sort((a, b) => a - b), [0, 1, 2, 255]);
    assert(kinds.get(255)! < 400);
  }));
