import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { samplePairs } from "../../tests/sample_pairs.ts";
import { imageNet } from "../data/images/normalise.ts";
import { resizeMask, viewMask } from "../data/images/resize.ts";
import { readMask } from "../data/masks/mask.ts";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { read, readIndices, type Tensor } from "../tensor/mod.ts";
import {
  type Batch,
  type BatchPlan,
  featureBatches,
  imageBatches as batchesOf,
  stepsPerEpoch,
} from "../training/batches.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { mirrorMask } from "../training/upload.ts";
import {
  checkAugmentOptions,
  maskInputs,
  type MaskItem,
  type MaskSample,
  MaskUploads,
} from "./mask_inputs.ts";
import type { Segmenter } from "./segmenter.ts";

/** A segmenter that hands the images on as they come. */
const segmenter = {
  stride: 2,
  backbone: { normalisation: imageNet, encode: (x: Tensor) => [x] },
} as unknown as Segmenter;

/** Photographs of 32 pixels, and how they come in batches. */
interface Plan extends BatchPlan {
  readonly samples: readonly MaskSample[];
}

const [CLASSES, SIDE] = [3, 32];
const inputsOf = ({ samples }: Plan) =>
  maskInputs(segmenter, samples, { imageSize: SIDE, colours: true });
const imageBatches = (device: Device, plan: Plan, from: number) =>
  batchesOf(device, inputsOf(plan), plan.samples, plan, from);

/** The same with their aspect kept, at scales that leave room around them and that do not. */
const keptAspect = { imageSize: SIDE, keepAspect: true, jitter: [0.2, 0, 0, 0] } as const;

/** What a batch holds, on the CPU: images with their masks at half the side. */
interface Content {
  readonly images: readonly Float32Array[];
  readonly knowledge: readonly Uint32Array[];
  readonly advice: readonly Uint32Array[];
  readonly labels: readonly number[];
  readonly colours: readonly Float32Array[];
}

const parts = <T extends Float32Array | Uint32Array>(all: T, n: number) =>
  Array.from({ length: n }, (_, i) => all.slice(i * all.length / n, (i + 1) * all.length / n) as T);

async function content(device: Device, batch: Batch<MaskItem>): Promise<Content> {
  using _scope = device.scope();
  const [x] = batch.features();
  const uploads = new MaskUploads(device, batch, CLASSES);
  const [knowledge, advice] = uploads.masks();
  const [n] = x.shape;
  return {
    images: parts(await read(x), n),
    knowledge: parts(await readIndices(knowledge), n),
    advice: parts(await readIndices(advice), n),
    labels: [...await read(uploads.labels())],
    colours: parts(await read(uploads.colours()), n),
  };
}

async function take(
  device: Device,
  steps: AsyncIterable<readonly Batch<MaskItem>[]>,
  count: number,
): Promise<Content[]> {
  const taken: Content[] = [];
  for await (const [batch] of steps) {
    taken.push(await content(device, batch));
    if (taken.length === count) break;
  }
  return taken;
}

async function withSamples(
  count: number,
  size: number,
  test: (device: Device, plan: Plan) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  try {
    const samples = (await samplePairs(folder, count)).map((pair) => {
      return { ...pair, masks: [pair.knowledge, ...pair.advice] };
    });
    await test(device, { samples, batch: size, accumulate: 1, seed: 4 });
    assertEquals(device.pool.live, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The share of pixels at which a map of half the side says what the image shows. */
function agreement(image: Float32Array, mask: Uint32Array, turned = false): number {
  let agreeing = 0;
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++) {
      const bright = image[2 * y * 32 + 2 * (turned ? 15 - x : x)] > 0;
      if (bright === (mask[y * 16 + x] !== 0)) agreeing++;
    }
  }
  return agreeing / 256;
}

/** The share of pixels at which the colours are bright where a mask of their size says something. */
function brightness(colours: Float32Array, mask: ArrayLike<number>): number {
  const bright = [...colours.subarray(0, mask.length)].map((red) => red > 125);
  return bright.filter((is, u) => is === (mask[u] !== 0)).length / mask.length;
}

Deno.test("a batch's image, knowledge and advice are mirrored and cut together", () =>
  withSamples(6, 3, async (device, plan) => {
    let left = 0;
    const batches = await take(device, imageBatches(device, plan, 0), 6);
    for (const { images, knowledge, advice, colours } of batches) {
      for (const [i, image] of images.entries()) {
        assert(brightness(colours[i], knowledge[i]) > 0.9, "colours lie where the mask does");
        const own = [...new Set(colours[i].map((v) => Math.round(v / 30)))];
        assert(own.every((v) => v <= 8), "colours are bytes");
        for (const mask of [knowledge[i], advice[i]]) {
          const [straight, turned] = [agreement(image, mask), agreement(image, mask, true)];
          assert(straight > 0.85, `a mask agrees with ${straight} of its image`);
          assert(straight > turned + 0.1, "and would agree less if it were mirrored alone");
        }
        if (knowledge[i][0] !== 0) left++;
      }
    }
    assert(left > 3 && left < 15, `${left} of 18 are not mirrored`);
  }));

Deno.test("image batches are a function of the seed and the step alone", () =>
  withSamples(7, 2, async (device, plan) => {
    assertEquals(stepsPerEpoch(plan.samples.length, plan), 3);
    const all = await take(device, imageBatches(device, plan, 0), 8);
    for (const from of [2, 3, 5]) { // within an epoch, at its start, within the next one
      const later = await take(device, imageBatches(device, plan, from), 2);
      assertEquals(later, all.slice(from, from + 2));
    }
    const epochs = [all.slice(0, 3), all.slice(3, 6)].map((epoch) =>
      epoch.flatMap(({ images }) => images.map((image) => image.slice(0, 200).join()))
    );
    assertEquals(epochs.map((epoch) => new Set(epoch).size), [6, 6]);
    assertEquals(epochs[0].some((image) => epochs[1].includes(image)), false, "drawn anew");
    const other = await take(device, imageBatches(device, { ...plan, seed: 5 }, 0), 1);
    assert(other[0].images[0].join() !== all[0].images[0].join());
  }));

/** The class that a mask of a sample says beside the background. */
const classOf = (mask: Uint32Array) => mask.find((c) => c !== 0);

Deno.test("knowledge, advice and labels of a batch are not exchanged, nor those of its images", () =>
  withSamples(6, 3, async (device, plan) => {
    const seen = await take(device, imageBatches(device, plan, 0), 2);
    const classes = seen.flatMap(({ knowledge, advice, labels }) =>
      knowledge.map((mask, i) => {
        const [one, two] = labels.slice(2 * i, 2 * i + 2);
        assertEquals([one, two], classOf(mask) === 1 ? [1, 0] : [0, 1]);
        assertEquals(classOf(advice[i]), 3 - classOf(mask)!);
        return classOf(mask);
      })
    );
    assertEquals(classes.toSorted(), [1, 1, 1, 2, 2, 2]);
  }));

Deno.test("fewer photographs than a batch make a batch of their own", () =>
  withSamples(2, 8, async (device, plan) => {
    assertEquals(stepsPerEpoch(plan.samples.length, plan), 1);
    for (const { images, labels } of await take(device, imageBatches(device, plan, 0), 2)) {
      assertEquals([images.length, labels.length], [2, 4]);
      assertEquals(labels.toSorted(), [0, 0, 1, 1], "both of them");
    }
  }));

/** A cache that writes down what is asked of it. */
function recorder() {
  const asked: (readonly { index: number; view: number }[])[] = [];
  const batch = (items: readonly { index: number; view: number }[]) => {
    asked.push(items);
    return [];
  };
  return { asked, cache: { batch } as unknown as FeatureCache };
}

Deno.test("kept features are mirrored exactly where their masks are", () =>
  withSamples(5, 2, async (device, plan) => {
    const inputs = inputsOf(plan);
    const masks = await Promise.all(
      plan.samples.map((sample) =>
        Promise.all(sample.masks.map(async (mask) => resizeMask(await readMask(mask), 16, 16)))
      ),
    );
    const kept = await Promise.all(plan.samples.map((sample) => inputs.kept(sample)));
    const { asked, cache } = recorder();
    const maskOf: { knowledge: Uint32Array[]; advice: Uint32Array[]; labels: number[] }[] = [];
    for (const [batch] of featureBatches(cache, kept, plan, 0, inputs.view)) {
      using _scope = device.scope();
      batch.features();
      const uploads = new MaskUploads(device, batch, CLASSES);
      const [knowledge, advice] = uploads.masks();
      const colours = parts(await read(uploads.colours()), 2);
      parts(await readIndices(knowledge), 2).forEach((mask, i) => {
        assert(brightness(colours[i], mask) > 0.95, "colours are mirrored with their mask");
      });
      maskOf.push({
        knowledge: parts(await readIndices(knowledge), 2),
        advice: parts(await readIndices(advice), 2),
        labels: [...await read(uploads.labels())],
      });
      if (maskOf.length === 20) break;
    }
    for (const [b, items] of asked.entries()) {
      items.forEach(({ index, view }, i) => {
        const [K, A] = masks[index].map((mask) => view === 1 ? mirrorMask(mask) : mask);
        assertEquals([...maskOf[b].knowledge[i]], [...K.data]);
        assertEquals([...maskOf[b].advice[i]], [...A.data]);
        assertEquals(maskOf[b].labels.slice(2 * i, 2 * i + 2), index % 2 ? [0, 1] : [1, 0]);
      });
    }
    const flips = asked.flat().filter(({ view }) => view === 1).length;
    assert(flips > 8 && flips < 32, `${flips} of 40 are mirrored`);
    // Epochs of two batches: four different photographs each; the fifth is left out by chance.
    for (let epoch = 0; epoch < 10; epoch++) {
      const items = asked.slice(2 * epoch, 2 * epoch + 2).flat();
      assertEquals(new Set(items.map(({ index }) => index)).size, 4);
    }
    const later = recorder();
    for (const [batch] of featureBatches(later.cache, kept, plan, 5, inputs.view)) {
      batch.features();
      if (later.asked.length === 3) break;
    }
    assertEquals(later.asked, asked.slice(5, 8));
  }));

Deno.test("a step's photographs are those of one batch of its size, divided", () =>
  withSamples(7, 6, (_, plan) => {
    const { view } = inputsOf(plan);
    const labelsOf = (own: Partial<BatchPlan>) => {
      const { cache } = recorder();
      const kept = plan.samples.map(({ labels }) => () => labels);
      return Iterator.from(featureBatches(cache, kept, { ...plan, ...own }, 0, view)).take(3)
        .map((step) => step.map(({ items }) => items.map(([c]) => c))).toArray();
    };
    const whole = labelsOf({});
    const parts = labelsOf({ batch: 2, accumulate: 3 });
    assertEquals(parts.map((step) => step.map((batch) => batch.length)), Array(3).fill([2, 2, 2]));
    assertEquals(parts.map((step) => step.flat()), whole.map(([batch]) => batch));
    const few = labelsOf({ batch: 3, accumulate: 4 });
    assertEquals(few.map((step) => step.map((batch) => batch.length)), Array(3).fill([3, 3, 1]));
    assertEquals(
      [{ batch: 2, accumulate: 3 }, { batch: 3, accumulate: 4 }, { batch: 1, accumulate: 2 }]
        .map((own) => stepsPerEpoch(7, { ...plan, ...own })),
      [1, 1, 3],
    );
    return Promise.resolve();
  }));

Deno.test("with the aspect kept, what is outside of the photograph is grey and void", () =>
  withSamples(6, 3, async (device, plan) => {
    const options = { ...keptAspect, scaleRange: [0.5, 1.5], colours: true } as const;
    const inputs = maskInputs(segmenter, plan.samples, options);
    let [inside, outside] = [0, 0];
    const steps = batchesOf(device, inputs, plan.samples, plan, 0);
    for (const { images, knowledge, advice } of await take(device, steps, 8)) {
      for (const [i, image] of images.entries()) {
        for (let u = 0; u < 256; u++) {
          // The four pixels of a block whose centre is outside are at least half outside.
          const at = 2 * Math.floor(u / 16) * SIDE + 2 * (u % 16);
          const block = [at, at + 1, at + SIDE, at + SIDE + 1].map((v) => image[v]);
          assertEquals(knowledge[i][u] === 255, advice[i][u] === 255);
          if (knowledge[i][u] === 255) {
            outside++;
            assert(block.some((v) => v === 0), "the mean colour");
          } else {
            inside++;
            assert(block.some((v) => v !== 0), "the photograph");
          }
        }
        const [straight, turned] = [false, true].map((turn) => covered(image, knowledge[i], turn));
        assert(straight > 0.85, `a mask agrees with ${straight} of its image`);
        assert(straight > turned, "and less with its mirror image");
      }
    }
    assert(inside > 2000 && outside > 1000, `${inside} inside, ${outside} outside`);
  }));

/** The share of the photograph's pixels at which the mask says what the image shows. */
function covered(image: Float32Array, mask: Uint32Array, turned: boolean): number {
  let [agreeing, all] = [0, 0];
  for (let u = 0; u < 256; u++) {
    const own = mask[turned ? u - u % 16 + 15 - u % 16 : u];
    const v = image[2 * Math.floor(u / 16) * SIDE + 2 * (u % 16)];
    if (own === 255 || v === 0) continue;
    all++;
    if (v > 0 === (own !== 0)) agreeing++;
  }
  return agreeing / all;
}

Deno.test("a frozen encoder's masks lie on its views, with the aspect kept and mirrored", () =>
  withSamples(4, 2, async (_device, { samples }) => {
    const inputs = maskInputs(segmenter, samples, keptAspect);
    assertEquals(inputs.smooth, true);
    for (const sample of samples) {
      const [own, views] = [await inputs.kept(sample), await inputs.views(sample)];
      assertEquals(views.map(({ width, height }) => [width, height]), [[32, 22], [32, 22]]);
      for (const [v, view] of views.entries()) {
        const [k, a] = await Promise.all(
          sample.masks.map(async (path) => viewMask(await readMask(path), view, 2)),
        );
        assertEquals(own(v).masks, [k, a]);
        assert(k.data.includes(255));
      }
    }
  }));

Deno.test("scales that could not fill a square are refused", () => {
  const refusal = (options: { keepAspect?: boolean; scaleRange: readonly [number, number] }) =>
    assertThrows(() => checkAugmentOptions({ imageSize: SIDE, ...options }), InputError).message;
  assertStringIncludes(refusal({ scaleRange: [0.75, 1.4] }), "Give --keep-aspect");
  assertStringIncludes(refusal({ keepAspect: true, scaleRange: [2, 1] }), "the least scale");
  checkAugmentOptions({ imageSize: SIDE, keepAspect: true, scaleRange: [0.75, 1.4] });
  checkAugmentOptions({ imageSize: SIDE });
});
