import { kernel } from "../../gpu/mod.ts";
import { derive, empty, nchw, sameShape, showShape, type Tensor, view } from "../../tensor/mod.ts";
import { geometry } from "../conv2d/geometry.ts";
import { stageGradient, weightsGradient } from "../conv2d/passes.ts";
import four from "../lanes/four.wgsl" with { type: "text" };
import { lanes } from "../lanes/lanes.ts";
import one from "../lanes/one.wgsl" with { type: "text" };
import { shared } from "../conv2d/shared.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import { indicators } from "../one_hot/one_hot.ts";
import { reluGradient } from "../relu/relu.ts";
import { reduce } from "../sum/reduce.ts";
import code from "./add_by_class.wgsl" with { type: "text" };
import gradCode from "./add_by_class_grad.wgsl" with { type: "text" };
import lookUpFour from "./look_up_four.wgsl" with { type: "text" };
import lookUpOne from "./look_up_one.wgsl" with { type: "text" };

const wide = kernel("add_by_class", four, code, lookUpFour);
const narrow = kernel("add_by_class_1", one, code, lookUpOne);
const grad = lanes("add_by_class_grad", gradCode);

/** What else {@linkcode addByClass} does. */
export interface AddByClassOptions {
  /** Added too, of the result's shape. */
  readonly more?: Tensor;
  /** What follows; nothing by default. */
  readonly activation?: "none" | "relu";
}

/**
 * Adds to each pixel of `x [n,c,h,w]` the column of `table [c,classes + 1]` of its class in `mask
 * [m n,h,w]`, u32; the last column is for what is no class (255, ignored):
 *
 *     y[i,c,p] = act(x[i % n,c,p] + table[c, min(mask[i,p], classes)])
 *
 * It is what a 1x1 convolution of a one-hot mask adds, without the mask's channels; `m` masks of each image
 * are taken at once. A table may have any shape that begins with its channels, batch `[1]` aside.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function addByClass(
  x: Tensor,
  table: Tensor,
  mask: Tensor,
  { more, activation = "none" }: AddByClassOptions = {},
): Tensor {
  const { device } = x;
  const [images, c, h, w] = nchw("add to", x.shape);
  const rows = table.size / c;
  checkMask("add by", mask);
  const n = mask.size / (h * w);
  const shape = [n, c, h, w];
  const fits = n % images === 0 && table.shape.includes(c) && Number.isInteger(rows) &&
    (!more || sameShape(more.shape, shape));
  if (!fits) {
    throw new TypeError(
      `Cannot add ${showShape(table.shape)} by classes ${showShape(mask.shape)} to ` +
        `${showShape(x.shape)}${more ? ` and ${showShape(more.shape)}` : ""}`,
    );
  }
  const y = empty(device, shape);
  const four = h * w % 4 === 0;
  const units = four ? h * w / 4 : h * w;
  device.run(four ? wide : narrow, { x, mask, table, y, more: more ?? x }, {
    params: { channels: c, rows, hw: units, images },
    overrides: { ACT: Number(activation === "relu"), MORE: Number(more !== undefined) },
    threads: [units, c, n],
  });
  const inputs = more ? [x, table, more] : [x, table];
  const passed = shared(inputs, (dy): Passed => {
    if (activation === "none") return { data: view(dy, y.shape) };
    return n > images && x.tracked ? summedGradient(y, dy, x) : { data: reluGradient(y, dy) };
  });
  const pulls = [
    (dy: Tensor) =>
      passed(
        dy,
        ({ data, sum }) =>
          sum ??
            (n === images ? view(data, x.shape) : reduce(data, [1, n / images, x.size], x.shape)),
      ),
    (dy: Tensor) =>
      passed(dy, ({ data }) => {
        const g = geometry([n, rows, h, w], [c, rows, 1, 1], {});
        const staged = stageGradient(data, g, { y, activation: "none" });
        const classes = indicators(mask, rows);
        const weights = view(table, g.w);
        const dw = weightsGradient(staged, classes, weights, g);
        const dt = view(dw, table.shape);
        for (const scratch of [staged.data, classes, weights, dw]) scratch.release();
        return dt;
      }),
    (dy: Tensor) => passed(dy, ({ data }) => view(data, shape)),
  ];
  return derive(y, ...inputs.map((input, i) => [input, pulls[i]] as const));
}

/** An upstream gradient as the activation lets it pass, and its sum over masks where it came with that. */
interface Passed {
  readonly data: Tensor;
  readonly sum?: Tensor;
}

/** Both of a rectified linear unit whose output is `y`, in one pass. */
function summedGradient(y: Tensor, dy: Tensor, x: Tensor): Passed {
  const { device, shape, size } = x;
  const { kernel, units } = grad(size);
  const [data, sum] = [y.shape, shape].map((own) => empty(device, own));
  const MASKS = y.size / size;
  device.run(kernel, { y, dy, g: data, dx: sum }, {
    params: { size: units },
    overrides: { MASKS },
    threads: units,
    trips: MASKS,
  });
  return { data, sum };
}
