// Tested in src/crf/dense_crf_test.ts.
import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor, tensor } from "../../tensor/mod.ts";
import { spanOf } from "../crf_filter/crf_filter.ts";
import type { Features } from "../crf_lattice/features.ts";
import { type Normalisation, normalisationModes } from "../crf_lattice/normalised.ts";
import featuresCode from "./exact_features.wgsl" with { type: "text" };
import filterCode from "./exact_filter.wgsl" with { type: "text" };
import normaliseCode from "./exact_normalise.wgsl" with { type: "text" };

const featuresKernel = kernel("crf_exact_features", featuresCode);
const filterKernel = kernel("crf_exact_filter", filterCode);
const normaliseKernel = kernel("crf_exact_normalise", normaliseCode);

/** Pixels summed by one dispatch: their loop iterations stay within what llvmpipe runs. */
const RANGE = 6000;

/** A Gaussian filter without approximation: the work grows with the square of the pixels. */
export interface ExactFilter {
  /** Dimensions of the features. */
  readonly dims: number;
  /** Pixels. */
  readonly pixels: number;
  /** Features, ceil(d/4) texels a pixel. */
  readonly f: Tensor;
  /** What Q is multiplied by before and after the filter, the latter with the compatibility. */
  readonly n: Tensor;
}

/** The exact filter of one image (planes from element `offset` on), with its normalisation. */
export function exactFilter(
  device: Device,
  image: Tensor,
  offset: number,
  features: Features,
  normalisation: Normalisation,
  compat: number,
): ExactFilter {
  const { width, height, sxy, srgb } = features;
  const pixels = width * height;
  const dims = 2 + srgb.length;
  const f = empty(device, [pixels * Math.ceil(dims / 4), 4]);
  const params: Record<string, number> = { width, pixels, offset };
  for (let i = 0; i < 10; i++) params[`d${i}`] = [...sxy, ...srgb][i] ?? 1;
  device.run(featuresKernel, { image, f }, { params, threads: pixels, overrides: { D: dims } });
  const [ones, zeros] = [1, 0].map((value) =>
    tensor(device, new Float32Array(4 * pixels).fill(value), [pixels, 4])
  );
  const q = exactMessage({ dims, pixels, f, n: ones }, zeros, ones, 1);
  const n = empty(device, [pixels, 4]);
  device.run(normaliseKernel, { q, n }, {
    params: { pixels, compat },
    threads: pixels,
    overrides: { MODE: normalisationModes[normalisation] },
  });
  for (const x of [ones, zeros, q]) x.release();
  return { dims, pixels, f, n };
}

/** Scores plus the filtered Q, both `groups` texels a pixel. */
export function exactMessage(
  { dims, pixels, f, n }: ExactFilter,
  scores: Tensor,
  q: Tensor,
  groups: number,
): Tensor {
  const { device } = q;
  const span = spanOf(groups);
  let from = scores;
  for (let begin = 0; begin < pixels; begin += RANGE) {
    const end = Math.min(begin + RANGE, pixels);
    const sums = empty(device, scores.shape);
    device.run(filterKernel, { f, n, q, scores: from, sums }, {
      params: { pixels, begin, end },
      threads: pixels * groups / span,
      overrides: { D: dims, GROUPS: groups, SPAN: span },
      trips: end - begin,
    });
    if (from !== scores) from.release();
    from = sums;
  }
  return from;
}
