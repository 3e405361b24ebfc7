import { type ExampleJob, loadExamples } from "../data/augment/load_example.ts";
import type { Normalisation } from "../data/images/normalise.ts";
import type { View } from "../data/images/view.ts";
import type { Device } from "../gpu/mod.ts";
import type { Mode } from "../nn/mod.ts";
import { keep, readIndices, sameShape, showShape, type Tensor, tensor } from "../tensor/mod.ts";
import { packHalf } from "../wgsl/mod.ts";
import { inFlight } from "./in_flight.ts";

/** What computes features that never change. */
export interface FeatureEncoder {
  /** How its images are normalised. */
  readonly normalisation: Normalisation;
  /** Features of images `[n, 3, h, w]`, with a multiple of four values an image. */
  encode(x: Tensor, mode: Mode): Tensor[];
}

/** A photograph, and the views of it whose features are kept. */
export interface ViewedImage {
  /** Its path. */
  readonly image: string;
  /** As many as the other photographs have; all views of all give features of one shape. */
  readonly views: readonly View[];
  /** Resize with a bicubic filter that averages fine detail; bilinear samples otherwise. */
  readonly smooth?: boolean;
}

/** The features of a photograph, view by view and map by map, two values of half precision in a word. */
export type PackedFeatures = readonly Uint32Array<ArrayBuffer>[];

/** Shapes `[c, h, w]` of the features of one view. */
export type FeatureShapes = readonly (readonly number[])[];

/** The photograph squashed to a square, and its mirror image. */
export function squareViews(size: number): readonly View[] {
  return [false, true].map((flip) => ({ width: size, height: size, flip }));
}

/** The shapes `[c, h, w]` of the features of one view. */
export function featureShapes(device: Device, encoder: FeatureEncoder, view: View): number[][] {
  using _scope = device.scope();
  const { width, height } = view.crop ?? view;
  const x = tensor(device, new Float32Array(3 * height * width), [1, 3, height, width]);
  return encoder.encode(x, "infer").map(({ shape }) => shape.slice(1));
}

/**
 * The features of photographs, in their order.
 *
 * @param load loads the photographs, by default in workers
 * @throws {InputError} when a photograph cannot be read.
 */
export async function* featuresOfAll(
  device: Device,
  encoder: FeatureEncoder,
  images: readonly ViewedImage[],
  shapes: FeatureShapes,
  load: typeof loadExamples = loadExamples,
): AsyncGenerator<PackedFeatures, void, void> {
  const jobs = images.flatMap(({ image, views, smooth }) =>
    views.map((view): ExampleJob => {
      return { image, view, smooth, seed: 0, normalise: encoder.normalisation };
    })
  );
  const results = inFlight(load(jobs), ({ planes, width, height }) => {
    using _scope = device.scope();
    const x = tensor(device, planes as Float32Array<ArrayBuffer>, [1, 3, height, width]);
    const packed = encoder.encode(x, "infer").map((feature, i) => {
      checkShape(feature, shapes[i]);
      return keep(packHalf(feature));
    });
    return Promise.all(packed.map(async (words) => {
      try {
        return await readIndices(words);
      } finally {
        words.release();
      }
    }));
  });
  let all: Uint32Array<ArrayBuffer>[] = [];
  for await (const [, words] of results) {
    all.push(...words);
    if (all.length < images[0].views.length * shapes.length) continue;
    yield all;
    all = [];
  }
}

function checkShape({ shape: [, ...shape] }: Tensor, first: readonly number[]): void {
  if (sameShape(shape, first)) return;
  throw new TypeError(
    `Cannot keep features ${showShape(shape)} beside others of ${showShape(first)}`,
  );
}
