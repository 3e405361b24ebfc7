import { kernel } from "../../gpu/mod.ts";
import {
  derive,
  empty,
  emptyMap,
  showShape,
  sizeOf,
  type Tensor,
  traced,
  tracks,
} from "../../tensor/mod.ts";
import { lanes, threadsAlone } from "../lanes/lanes.ts";
import added from "../lanes/added.wgsl" with { type: "text" };
import forwardCode from "./batch_norm.wgsl" with { type: "text" };
import batchCode from "./batch_norm_batch.wgsl" with { type: "text" };
import finishCode from "./batch_norm_finish.wgsl" with { type: "text" };
import frozenCode from "./batch_norm_frozen.wgsl" with { type: "text" };
import statsCode from "./batch_norm_stats.wgsl" with { type: "text" };
import wholeCode from "./batch_norm_whole.wgsl" with { type: "text" };
import { normaliseOverPeers } from "./batch_norm_peers.ts";
import { batchNormGrad, inOnePass, type Normalised, sliced } from "./batch_norm_grad.ts";

const forward = lanes("batch_norm", forwardCode);
const stats = lanes("batch_norm_stats", statsCode);
const batch = kernel("batch_norm_batch", finishCode, batchCode);
const whole = lanes("batch_norm_whole", finishCode, added, wholeCode);
const frozen = kernel("batch_norm_frozen", frozenCode);

/** What batch normalisation learns and remembers, each `[c]`. */
export interface BatchNormState {
  /** The scale. */
  readonly weight: Tensor;
  /** The shift. */
  readonly bias: Tensor;
  /** The running mean, changed in place by training. */
  readonly runningMean: Tensor;
  /** The running variance (unbiased), changed in place by training. */
  readonly runningVar: Tensor;
  /** Added to the variance; 1e-5 by default. */
  readonly eps?: number;
}

/** How batch normalisation is applied. */
export interface BatchNormOptions {
  /** The share of the batch in the running statistics; 0.1 by default. */
  readonly momentum?: number;
  /** What follows in the same kernel. */
  readonly activation?: "relu";
}

/**
 * Batch normalisation of the channels of `[n,c,...]`, y = weight (x - mean) / sqrt(var + eps) + bias.
 *
 * `train` takes mean and variance from the batch and updates the running ones; `infer` takes the
 * running ones, and its gradients treat them as constants (frozen). Ioffe & Szegedy 2015. Where several
 * processes compute parts of one batch, its statistics are over all of them.
 *
 * @throws {TypeError} when the state is not of `c` channels.
 */
export function batchNorm(
  x: Tensor,
  state: BatchNormState,
  mode: "train" | "infer",
  { momentum = 0.1, activation }: BatchNormOptions = {},
): Tensor {
  const { device, shape } = x;
  const [n, c] = shape;
  const { weight, bias, runningMean, runningVar, eps = 1e-5 } = state;
  for (const part of [weight, bias, runningMean, runningVar]) {
    if (part.size !== c) {
      throw new TypeError(
        `Cannot normalise ${showShape(shape)}: the state is ${showShape(part.shape)}`,
      );
    }
  }
  const hw = sizeOf(shape.slice(2));
  const relu = activation === "relu";
  const affine = empty(device, [c, 2]);
  const moments = empty(device, [c, 2]);
  const pieces = { weight, bias, running_mean: runningMean, running_var: runningVar };
  const y = emptyMap(device, shape);
  const all = mode === "train" && inOnePass(x) && !device.texels;
  if (mode === "infer") {
    device.run(frozen, { ...pieces, affine, moments }, { params: { c, eps }, threads: c });
  } else if (inOnePass(x)) {
    const { kernel, units } = whole(hw);
    const { overrides, threads } = threadsAlone(device, c);
    device.run(kernel, { x, ...pieces, affine, moments, y }, {
      params: { n, c, hw: units, count: n * hw, eps, momentum },
      overrides: { ...overrides, ALL: Number(all), RELU: Number(relu) },
      ...{ threads, trips: n * units },
    });
  } else {
    const slices = sliced(stats(hw), { x }, [n, c]);
    const { partial, parts } = slices;
    if (device.peers) {
      normaliseOverPeers(x, slices, pieces, { affine, moments }, { eps, momentum });
    } else {
      device.run(batch, { x, partial, ...pieces, affine, moments }, {
        params: { c, plane: hw, parts, count: n * hw, eps, momentum },
        threads: c,
      });
    }
    partial.release();
  }
  traced(y, "batchNorm", [x, weight, bias, runningMean, runningVar], { mode, eps, activation });
  const { kernel: apply, units } = forward(hw);
  if (!all) {
    device.run(apply, { x, affine, y }, {
      params: { c, hw: units },
      threads: [units, c, n],
      overrides: { RELU: Number(relu) },
    });
  }
  if (!tracks(x, weight, bias)) {
    affine.release();
    moments.release();
    return y;
  }
  const normalised: Normalised = { x, affine, moments, relu, frozen: mode === "infer" };
  return derive(y, ...batchNormGrad(normalised, weight, bias));
}
