import { kernel } from "../../gpu/mod.ts";
import { empty, emptyGradient, type Tensor, view } from "../../tensor/mod.ts";
import { slicesOf, sumSlices } from "../conv2d/sum_slices.ts";
import code from "./gradient.wgsl" with { type: "text" };

const pass = kernel("product_gradient", code);

/** Workgroups that keep a large GPU busy, and how much of a channel one of them may sum alone. */
const [GROUPS, ALONE] = [320, 16_384];

/** An upstream gradient as it reaches the sums of a convolution, and the gradient by the bias. */
export interface Passed {
  /** What the activation lets pass, `[n,o,h,w]`. */
  readonly data: Tensor;
  /** Its sum over images and pixels, `[o]`. */
  readonly bias?: Tensor;
}

/**
 * Takes an upstream gradient of `n` images of `o` planes back through the activation whose output is `y`
 * (1 ReLU, 2 ReLU6, 0 none), and sums it for the bias whose gradient is wanted, in one pass.
 */
export function passGradient(
  dy: Tensor,
  y: Tensor,
  act: number,
  [n, o]: readonly [n: number, o: number],
  wanted?: Tensor,
): Passed {
  const { device } = dy;
  if (act === 0 && !wanted) return { data: view(dy, dy.shape) };
  const data = act === 0 ? view(dy, dy.shape) : empty(device, dy.shape);
  const slices = dy.size / o <= ALONE ? 1 : Math.min(n, Math.ceil(GROUPS / o));
  const each = Math.ceil(n / slices);
  const sum = wanted ? emptyGradient(wanted) : empty(device, [o]);
  const parts = Math.ceil(n / each);
  const db = parts > 1 ? slicesOf(sum, parts) : sum;
  const unused = act === 0 ? empty(device, [1]) : undefined;
  device.run(pass, { dy, y: act === 0 ? dy : y, g: unused ?? data, db }, {
    params: { o, plane: dy.size / (n * o), images: n, each },
    overrides: { ACT: act },
    threads: [256 * o, parts],
  });
  unused?.release();
  if (wanted) return { data, bias: db === sum ? sum : sumSlices(db, sum) };
  for (const spent of new Set([db, sum])) spent.release();
  return { data };
}
