import { kernel } from "../../gpu/mod.ts";
import { empty, sizeOf, type Tensor, view } from "../../tensor/mod.ts";
import cropCode from "./crop_quads.wgsl" with { type: "text" };
import gatherCode from "./gather_pairs.wgsl" with { type: "text" };
import weightsCode from "./pair_weights.wgsl" with { type: "text" };
import isKnown from "./is_known.wgsl" with { type: "text" };
import type { Pairs } from "./pairs.ts";

const weigh = kernel("pair_weights", weightsCode);
const gather = kernel("gather_pairs", gatherCode, isKnown);
const crop = kernel("crop_quads", cropCode);

/** Offsets (-4..4, -4..4) for which a pixel has a weight each, though only 69 are within radius 5. */
const WINDOW = 81;
/** Planes that one thread gathers, at most. */
const MAX_CHUNK = 4;
/** Threads that keep a GPU busy; a thread that gathers several planes loads each weight once. */
const BUSY = 65_536;

/**
 * What each pixel takes from those around it, by affinities a `[n, offsets, first pixels]`: quads
 * `[n * 81 * h * quads, 4]`, the offsets (-4..4, -4..4) outermost.
 *
 * By default these are the columns of the random walk's matrix, a_ij / sum_i a_ij where a_jj = 1; they
 * add up to 1. With `gradient` they are -scale a da, the gradient by the exponent.
 */
export function pairWeights(
  a: Tensor,
  { size: [n, h, w], radius, pairs, gradient }: {
    readonly size: readonly [number, number, number];
    readonly radius: number;
    readonly pairs: Pairs;
    readonly gradient?: { readonly da: Tensor; readonly scale: number };
  },
): Tensor {
  const { device } = a;
  const quads = Math.ceil(w / 4);
  const weight = empty(device, [n * WINDOW * h * quads, 4]);
  device.run(weigh, { a, da: gradient?.da ?? a, weight }, {
    params: { h, w, quads, ...pairs, scale: gradient?.scale ?? 1 },
    threads: [h * quads, n],
    overrides: { R: radius, GRAD: Number(gradient !== undefined) },
    trips: 2 * (WINDOW + 10),
  });
  return weight;
}

/**
 * Of planes x `[n,c,h,quads]` in quads the same shape, y_i = sum_d weight_d,i x_i+d; with `signs` sums
 * of weight_d,i sign(x_i - x_i+d). The result goes to `into` if that is given. With `labels [n,h,w]` the
 * weights of pixels with a label 255 are 0.
 */
export function gatherPairs(
  x: Tensor,
  weight: Tensor,
  { size: [n, c, h, w], radius, signs = false, into, labels }: {
    readonly size: readonly [number, number, number, number];
    readonly radius: number;
    readonly signs?: boolean;
    readonly into?: Tensor;
    readonly labels?: Tensor;
  },
): Tensor {
  const { device } = x;
  const quads = Math.ceil(w / 4);
  const most = device.texels ? MAX_CHUNK : Math.floor(n * c * h * quads / BUSY);
  const chunks = Math.ceil(c / Math.min(MAX_CHUNK, Math.max(1, most)));
  const chunk = Math.ceil(c / chunks);
  const y = into ?? empty(device, [n * c * h * quads, 4]);
  device.run(gather, { x, weight, y, labels: labels ?? weight }, {
    params: { c, h, w, quads, chunks },
    threads: [h * quads, n * chunks],
    overrides: {
      ...{ R: radius, SIGNS: Number(signs), CHUNK: chunk },
      KNOWN: Number(labels !== undefined),
    },
    trips: 12 * chunk + 14,
  });
  return y;
}

/** Planes in quads, which are released, as a tensor of the given shape `[...,h,w]`. */
export function cropQuads(x: Tensor, shape: readonly number[]): Tensor {
  const { device } = x;
  const w = shape[shape.length - 1];
  const aligned = w % 4 === 0;
  const y = aligned ? view(x, shape) : empty(device, shape);
  const size = sizeOf(shape);
  if (!aligned) {
    device.run(crop, { x, y }, {
      params: { size, w, quads: Math.ceil(w / 4) },
      threads: Math.ceil(size / 4),
    });
  }
  x.release();
  return y;
}
