import { kernel } from "../../gpu/mod.ts";
import { empty, nchw, showShape, type Tensor } from "../../tensor/mod.ts";
import code from "./rank_weights.wgsl" with { type: "text" };

const weighing = kernel("rank_weights", code);
/** Threads that share a plane. */
const THREADS = 64;

/** What a decay is as a rate for {@linkcode rankWeights}: its logarithm, or what stands for log 0. */
export function rankRate(decay: number): number {
  return decay > 0 ? Math.log(decay) : -1e30;
}

/**
 * How much each pixel counts in its plane's global weighted rank pooling (Kolesnikov & Lampert 2016):
 * the pixel with the k-th largest value, from k = 0, counts decay^k, and a plane's weights add up to
 * 1. `sum_u y_u x_u` is then the pooled value: the maximum for decay 0, the mean for 1. The first of
 * equal pixels ranks first. No gradient flows: nothing changes as long as the order does not.
 *
 * @param x `[n,c,h,w]`
 * @param rates {@linkcode rankRate} of every plane's decay, `[n,c]`
 * @throws {TypeError} when the shapes do not fit.
 */
export function rankWeights(x: Tensor, rates: Tensor): Tensor {
  const { device, shape, size } = x;
  const [n, c, h, w] = nchw("rank", shape);
  if (rates.size !== n * c) {
    throw new TypeError(`Cannot rank ${showShape(shape)} with rates ${showShape(rates.shape)}`);
  }
  const hw = h * w;
  const order = empty(device, [2 * size], "u32");
  const y = empty(device, shape);
  const slice = Math.ceil(hw / THREADS);
  device.run(weighing, { x, rates, order, y }, {
    params: { planes: n * c, hw },
    threads: n * c * THREADS,
    trips: 8 * (2 * slice + 48 + THREADS) + 2 * slice + THREADS,
  });
  order.release();
  return y;
}
