import { kernel } from "../../gpu/mod.ts";
import { empty, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { overPeers, sumOf } from "../over_peers.ts";
import finishCode from "./batch_norm_finish.wgsl" with { type: "text" };
import foldCode from "./batch_norm_fold.wgsl" with { type: "text" };
import givenCode from "./batch_norm_given.wgsl" with { type: "text" };

const fold = kernel("batch_norm_fold", foldCode);
const given = kernel("batch_norm_given", finishCode, givenCode);

/** The values of a channel, over the images of all processes. */
export function countOver({ device: { peers }, shape: [n, , ...rest] }: Tensor): number {
  const { shares, index } = peers!;
  return n / shares[index] * shares.reduce((a, b) => a + b) * sizeOf(rest);
}

/**
 * What batch normalisation makes of slices of sums, with mean and variance over the images of all
 * processes: {@linkcode batchNorm} in training, where a batch is computed by several.
 */
export function normaliseOverPeers(
  x: Tensor,
  { partial, parts }: { readonly partial: Tensor; readonly parts: number },
  pieces: Readonly<Record<"weight" | "bias" | "running_mean" | "running_var", Tensor>>,
  results: Readonly<Record<"affine" | "moments", Tensor>>,
  options: { readonly eps: number; readonly momentum: number },
): void {
  const { device, shape: [n, c, ...rest] } = x;
  const plane = sizeOf(rest);
  const local = empty(device, [c, 2]);
  device.run(fold, { x, partial, local }, {
    params: { c, plane, parts, count: n * plane },
    threads: c,
    trips: parts,
  });
  const all = overPeers([local], [c, 2], (every, { shares }) => joined(every, shares));
  device.run(given, { given: all, ...pieces, ...results }, {
    params: { c, count: countOver(x), ...options },
    threads: c,
  });
  for (const scratch of [local, all]) scratch.release();
}

/** Sums of gradients by channel over all processes, in pairs `[c,1,2]`, from those of this one. */
export function sumsOverPeers(dbias: Tensor, dweight: Tensor): Tensor {
  const [c] = dbias.shape;
  return overPeers([dbias, dweight], [c, 1, 2], (all) => {
    const sums = sumOf(all);
    return Float32Array.from(sums, (_, i) => sums[i % 2 * c + (i >> 1)]);
  });
}

/** Mean and variance by channel of all, from those of each (Chan, Golub & LeVeque 1979). */
function joined(every: readonly Float32Array[], counts: readonly number[]) {
  const all = counts.reduce((a, b) => a + b);
  const moments = new Float32Array(every[0].length);
  for (let i = 0; i < moments.length; i += 2) {
    let mean = 0;
    every.forEach((of, rank) => mean += counts[rank] / all * of[i]);
    moments[i] = mean;
    let variance = 0;
    every.forEach((of, rank) => {
      variance += counts[rank] / all * (of[i + 1] + (of[i] - mean) ** 2);
    });
    moments[i + 1] = variance;
  }
  return moments;
}
