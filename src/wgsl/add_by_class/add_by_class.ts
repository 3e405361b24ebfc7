import { kernel } from "../../gpu/mod.ts";
import { derive, empty, nchw, showShape, type Tensor, view } from "../../tensor/mod.ts";
import { geometry } from "../conv2d/geometry.ts";
import { stageGradient, weightsGradient } from "../conv2d/passes.ts";
import four from "../lanes/four.wgsl" with { type: "text" };
import one from "../lanes/one.wgsl" with { type: "text" };
import { shared } from "../conv2d/shared.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import { indicators } from "../one_hot/one_hot.ts";
import { reluGradient } from "../relu/relu.ts";
import code from "./add_by_class.wgsl" with { type: "text" };
import lookUpFour from "./look_up_four.wgsl" with { type: "text" };
import lookUpOne from "./look_up_one.wgsl" with { type: "text" };

const wide = kernel("add_by_class", four, code, lookUpFour);
const narrow = kernel("add_by_class_1", one, code, lookUpOne);

/**
 * Adds to each pixel of `x [n,c,h,w]` the column of `table [c,classes + 1]` of its class in `mask
 * [n,h,w]`, u32; the last column is for what is no class (255, ignored):
 *
 *     y[n,c,p] = act(x[n,c,p] + table[c, min(mask[n,p], classes)])
 *
 * It is what a 1x1 convolution of a one-hot mask adds, without the mask's channels. A table may have
 * any shape that begins with its channels, batch `[1]` aside.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function addByClass(
  x: Tensor,
  table: Tensor,
  mask: Tensor,
  activation: "none" | "relu" = "none",
): Tensor {
  const { device } = x;
  const [n, c, h, w] = nchw("add to", x.shape);
  const rows = table.size / c;
  checkMask("add by", mask);
  if (mask.size !== n * h * w || !table.shape.includes(c) || !Number.isInteger(rows)) {
    throw new TypeError(
      `Cannot add ${showShape(table.shape)} by classes ${showShape(mask.shape)} to ` +
        `${showShape(x.shape)}`,
    );
  }
  const y = empty(device, x.shape);
  const four = h * w % 4 === 0;
  const units = four ? h * w / 4 : h * w;
  device.run(four ? wide : narrow, { x, mask, table, y }, {
    params: { channels: c, rows, hw: units },
    overrides: { ACT: Number(activation === "relu") },
    threads: [units, c, n],
  });
  const passed = shared([x, table], (dy) => ({
    data: activation === "relu" ? reluGradient(y, dy) : view(dy, y.shape),
  }));
  return derive(
    y,
    [x, (dy) => passed(dy, ({ data }) => view(data, x.shape))],
    [table, (dy) =>
      passed(dy, ({ data }) => {
        const g = geometry([n, rows, h, w], [c, rows, 1, 1], {});
        const staged = stageGradient(data, g, { y, activation: "none" });
        const classes = indicators(mask, rows);
        const dw = weightsGradient(staged, classes, g);
        const dt = view(dw, table.shape);
        for (const scratch of [staged.data, classes, dw]) scratch.release();
        return dt;
      })],
  );
}
