import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor, view } from "../../tensor/mod.ts";
import { sumSlices } from "../conv2d/sum_slices.ts";
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
 * (1 ReLU, 2 ReLU6, 0 none), and sums it for the bias where that is wanted, in one pass.
 */
export function passGradient(
  dy: Tensor,
  y: Tensor,
  act: number,
  [n, o]: readonly [n: number, o: number],
  wanted: boolean,
): Passed {
  const { device } = dy;
  if (act === 0 && !wanted) return { data: view(dy, dy.shape) };
  const data = act === 0 ? view(dy, dy.shape) : empty(device, dy.shape);
  const slices = dy.size / o <= ALONE ? 1 : Math.min(n, Math.ceil(GROUPS / o));
  const each = Math.ceil(n / slices);
  const db = empty(device, [Math.ceil(n / each), o]);
  const unused = act === 0 ? empty(device, [1]) : undefined;
  device.run(pass, { dy, y: act === 0 ? dy : y, g: unused ?? data, db }, {
    params: { o, plane: dy.size / (n * o), images: n, each },
    overrides: { ACT: act },
    threads: [256 * o, db.shape[0]],
  });
  unused?.release();
  if (!wanted) {
    db.release();
    return { data };
  }
  return { data, bias: db.shape[0] === 1 ? single(db, o) : sumSlices(db, [o]) };
}

function single(db: Tensor, o: number): Tensor {
  const bias = view(db, [o]);
  db.release();
  return bias;
}
