import { assert, assertEquals } from "@std/assert";
import { isBright, SAMPLE, samplePairs } from "../../tests/sample_pairs.ts";
import { imageNet } from "../data/images/normalise.ts";
import { Device } from "../gpu/mod.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { read, readIndices, type Tensor, tensor } from "../tensor/mod.ts";
import { type Batch, type BatchPlan, featureBatches, imageBatches } from "../training/batches.ts";
import {
  maskInputs,
  type MaskItem,
  type MaskSample,
  MaskUploads,
} from "../segmentation/mask_inputs.ts";
import type { Segmenter } from "../segmentation/mod.ts";
import { uploadDynamic } from "./dynamic_batch.ts";

const [SIDE, STRIDE, CLASSES] = [32, 2, 3];
const AREA = (SIDE / STRIDE) ** 2;

/** A segmenter that hands the images on as they come. */
const segmenter = {
  stride: STRIDE,
  backbone: { normalisation: imageNet, encode: (x: Tensor) => [x] },
} as unknown as Segmenter;
const plan: BatchPlan = { batch: 3, accumulate: 1, seed: 4 };
const inputsOf = (samples: readonly MaskSample[]) =>
  maskInputs(segmenter, samples, { imageSize: SIDE, colours: true });

async function withSamples(
  test: (device: Device, samples: readonly MaskSample[]) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  try {
    const samples = (await samplePairs(folder, 6)).map(({ image, knowledge, labels }) => {
      return { image, masks: [knowledge], labels };
    });
    await test(device, samples);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The share of pixels at which two maps of one row length say the same. */
function agreement(a: readonly boolean[], b: readonly boolean[], turned = false): number {
  const width = SIDE / STRIDE;
  const other = (u: number) => turned ? u - u % width + width - 1 - u % width : u;
  return a.filter((is, u) => is === b[other(u)]).length / a.length;
}

/** What each photograph of a batch shows as bright: in the seed, in the CRF's picture, in features. */
async function bright(device: Device, batch: Batch<MaskItem>) {
  const uploads = new MaskUploads(device, batch, CLASSES);
  const { seed, picture, labels, allowed, present } = uploadDynamic(uploads);
  const [x] = batch.features();
  const [m, p, f] = [await readIndices(seed), await read(picture), await read(x)];
  assertEquals(picture.shape, [3, 3, SIDE / STRIDE, SIDE / STRIDE]);
  const shown = uploads.shown.map(([c]) => c);
  assertEquals([...await read(labels)], shown.flatMap((c) => [Number(c === 1), Number(c === 2)]));
  assertEquals(
    [...await read(allowed)],
    shown.flatMap((c) => [1, Number(c === 1), Number(c === 2)]),
  );
  assertEquals([...await readIndices(present)], shown.flatMap((c) => [0, c]));
  const map = (value: (u: number) => boolean) => Array.from({ length: AREA }, (_, u) => value(u));
  const side = Math.sqrt(f.length / 3 / (x.shape[1])); // features may be of another resolution
  return uploads.shown.map((_, n) => ({
    seed: map((u) => m[n * AREA + u] !== 0),
    picture: map((u) => p[3 * n * AREA + u] > 125),
    features: map((u) => {
      const width = SIDE / STRIDE;
      const at = Math.floor(Math.floor(u / width) * side / width) * side +
        Math.floor(u % width * side / width);
      return f[n * x.shape[1] * side * side + at] > 0;
    }),
  }));
}

async function assertAligned(
  device: Device,
  steps: AsyncIterable<readonly Batch<MaskItem>[]> | Iterable<readonly Batch<MaskItem>[]>,
  least: number,
): Promise<void> {
  let [mirrored, all] = [0, 0];
  for await (const [batch] of steps) {
    using _scope = device.scope();
    for (const { seed, picture, features } of await bright(device, batch)) {
      for (const [a, b] of [[seed, picture], [seed, features], [picture, features]]) {
        const [straight, turned] = [agreement(a, b), agreement(a, b, true)];
        assert(straight > least, `${straight} of the pixels agree`);
        assert(straight > turned + 0.1, "and would agree less if one were mirrored alone");
      }
      mirrored += Number(!seed[0]);
      all++;
    }
    if (all === 18) break;
  }
  assert(mirrored > 3 && mirrored < 15, `${mirrored} of 18 are mirrored`);
}

Deno.test("seed, picture of the CRF and features are mirrored and cut together", () =>
  withSamples((device, samples) =>
    assertAligned(device, imageBatches(device, inputsOf(samples), samples, plan, 0), 0.85)
  ));

Deno.test("seed and picture of the CRF are mirrored as the kept features are", () =>
  withSamples(async (device, samples) => {
    const inputs = inputsOf(samples);
    const kept = await Promise.all(samples.map((sample) => inputs.kept(sample)));
    const { width, height } = SAMPLE;
    const batch = (items: readonly { index: number; view: number }[]) => {
      const values = items.flatMap(({ index, view }) =>
        Array.from({ length: AREA }, (_, u) => {
          const side = SIDE / STRIDE;
          const x = view === 1 ? side - 1 - u % side : u % side;
          const place = [x, Math.floor(u / side)].map((v) => (v + 0.5) / side);
          return isBright(Math.floor(place[0] * width), Math.floor(place[1] * height), index)
            ? 1
            : -1;
        })
      );
      const side = SIDE / STRIDE;
      return [tensor(device, Float32Array.from(values), [items.length, 1, side, side])];
    };
    const cache = { batch } as unknown as FeatureCache;
    await assertAligned(device, featureBatches(cache, kept, plan, 0, inputs.view), 0.95);
  }));
