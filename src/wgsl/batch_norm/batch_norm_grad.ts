import { kernel, type Resource } from "../../gpu/mod.ts";
import { empty, emptyGradient, type Pullback, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { type Lanes, lanes, threadsAlone } from "../lanes/lanes.ts";
import added from "../lanes/added.wgsl" with { type: "text" };
import gradCode from "./batch_norm_grad.wgsl" with { type: "text" };
import { countOver, sumsOverPeers } from "./batch_norm_peers.ts";
import finishCode from "./batch_norm_grad_finish.wgsl" with { type: "text" };
import foldCode from "./batch_norm_grad_fold.wgsl" with { type: "text" };
import sumsCode from "./batch_norm_grad_sums.wgsl" with { type: "text" };
import wholeCode from "./batch_norm_grad_whole.wgsl" with { type: "text" };

const grad = lanes("batch_norm_grad", gradCode);
const gradSums = lanes("batch_norm_grad_sums", sumsCode);
const gradFold = kernel("batch_norm_grad_fold", finishCode, foldCode);
const gradWhole = lanes("batch_norm_grad_whole", finishCode, added, wholeCode);

/** Values of a channel that a workgroup, or a thread of a software driver, sums alone. */
const ALONE = 16_384;

/** Whether a batch has so few values of a channel that one pass sums them, and no other process has more. */
export function inOnePass({ device, size, shape: [, c] }: Tensor): boolean {
  return !device.peers && size / c <= ALONE;
}

/** What the gradient of batch normalisation needs of its forward pass. */
export interface Normalised {
  /** The input. */
  readonly x: Tensor;
  /** Slope and intercept of each channel. */
  readonly affine: Tensor;
  /** Mean and reciprocal standard deviation of each channel. */
  readonly moments: Tensor;
  /** Whether a rectified linear unit follows. */
  readonly relu: boolean;
  /** Whether the statistics are constants. */
  readonly frozen: boolean;
}

/** The sums by channel that the gradients share. */
interface Sums {
  readonly dweight: Tensor;
  readonly dbias: Tensor;
  readonly factors: Tensor;
  /** The gradient by x, where the pass that summed has computed it too. */
  readonly dx?: Tensor;
}

/** The pullbacks of batch normalisation by x, weight and bias; they share one pass of sums. */
export function batchNormGrad(
  forward: Normalised,
  weight: Tensor,
  bias: Tensor,
): [Tensor, Pullback][] {
  const { x, affine, moments, frozen } = forward;
  let sums: Sums | undefined;
  const shared = (dy: Tensor) => sums ??= channelSums(forward, dy, [weight, bias]);
  let waiting = [x, weight, bias].filter((input) => input.tracked).length;
  const last = (result: Tensor) => {
    if (--waiting > 0) return result;
    for (const scratch of [affine, moments, sums?.factors]) scratch?.release();
    if (!weight.tracked) sums?.dweight.release();
    if (!bias.tracked) sums?.dbias.release();
    return result;
  };
  return [
    [
      x,
      (dy) =>
        last(
          frozen ? inputGrad(forward, dy, affine) : shared(dy).dx ??
            inputGrad(forward, dy, shared(dy).factors),
        ),
    ],
    [weight, (dy) => last(shared(dy).dweight)],
    [bias, (dy) => last(shared(dy).dbias)],
  ];
}

/** Runs a kernel that sums slices of every plane into pairs, all those of a channel together. */
export function sliced(
  { kernel, units }: ReturnType<Lanes>,
  inputs: Readonly<Record<string, Resource>> & { readonly x: Tensor },
  [n, c]: readonly [number, number],
  overrides?: Readonly<Record<string, number>>,
): { readonly partial: Tensor; readonly parts: number } {
  const { device } = inputs.x;
  const wanted = (device.texels ? 2048 : 65_536) / (n * c);
  const fewest = Math.ceil(units / 16_384);
  const slices = Math.max(fewest, Math.min(Math.ceil(wanted), Math.ceil(units / 8), 64));
  const partial = empty(device, [c, n, slices, 2]);
  device.run(kernel, { ...inputs, partial }, {
    params: { n, c, hw: units, slices },
    threads: c * n * slices,
    trips: Math.ceil(units / slices),
    overrides,
  });
  return { partial, parts: n * slices };
}

function channelSums(
  { x, affine, moments, relu, frozen }: Normalised,
  dy: Tensor,
  [weight, bias]: readonly [Tensor, Tensor],
): Sums {
  const { device, shape } = x;
  const [n, c] = shape;
  const hw = sizeOf(shape.slice(2));
  const inputs = { x, dy, affine, moments };
  if (inOnePass(x)) {
    const [dweight, dbias] = [weight, bias].map(emptyGradient);
    const factors = empty(device, [c, 4]);
    const { kernel, units } = gradWhole(hw);
    const { overrides, threads } = threadsAlone(device, c);
    const all = !device.texels && !frozen && x.tracked;
    const dx = empty(device, all ? shape : [1]);
    device.run(kernel, { ...inputs, dweight, dbias, factors, dx }, {
      params: { n, c, hw: units, count: n * hw },
      overrides: { ...overrides, RELU: Number(relu), ALL: Number(all) },
      ...{ threads, trips: n * units },
    });
    if (!all) dx.release();
    return { dweight, dbias, factors, dx: all ? dx : undefined };
  }
  const { partial, parts } = sliced(gradSums(hw), inputs, [n, c], { RELU: Number(relu) });
  const dweight = emptyGradient(weight);
  const dbias = emptyGradient(bias);
  const factors = empty(device, [c, 4]);
  device.run(gradFold, { partial, affine, moments, dweight, dbias, factors }, {
    params: { c, parts, count: n * hw },
    threads: c,
    trips: parts,
  });
  partial.release();
  if (device.peers && !frozen) { // the mean over the batch is one over all processes
    const all = sumsOverPeers(dbias, dweight);
    const scratch = [empty(device, [c]), empty(device, [c])];
    const [dbiasOfAll, dweightOfAll] = scratch;
    device.run(gradFold, {
      ...{ partial: all, affine, moments, factors },
      ...{ dweight: dweightOfAll, dbias: dbiasOfAll },
    }, { params: { c, parts: 1, count: countOver(x) }, threads: c });
    for (const spent of [all, ...scratch]) spent.release();
  }
  return { dweight, dbias, factors };
}

function inputGrad(forward: Normalised, dy: Tensor, factors: Tensor): Tensor {
  const { x, affine, relu, frozen } = forward;
  const { device, shape } = x;
  const [n, c] = shape;
  const { kernel, units } = grad(sizeOf(shape.slice(2)));
  const dx = empty(device, shape);
  device.run(kernel, { x, dy, affine, factors, dx }, {
    params: { c, hw: units },
    threads: [units, c, n],
    overrides: { RELU: Number(relu), FROZEN: Number(frozen) },
  });
  return dx;
}
