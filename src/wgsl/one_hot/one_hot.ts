// Tested in src/wgsl/integrate/integrate_test.ts.
import { empty, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import { checkMask } from "./check_mask.ts";
import code from "./one_hot.wgsl" with { type: "text" };

const writing = lanes("one_hot", code);

/**
 * A mask `[n,h,w]` of class indices, u32, as `[n,classes,h,w]` of ones and zeros; all zeros where the
 * index is no class (255, ignored).
 *
 * @throws {TypeError} when the mask is not u32.
 */
export function oneHot(mask: Tensor, classes: number): Tensor {
  checkMask("expand", mask);
  return expand(mask, classes, 0);
}

/** {@linkcode oneHot} whose last channel is one where the index is that channel or higher. */
export function indicators(mask: Tensor, channels: number): Tensor {
  return expand(mask, channels, 1);
}

function expand(mask: Tensor, classes: number, REST: number): Tensor {
  const [n, ...sides] = mask.shape;
  const { kernel, units } = writing(sizeOf(sides));
  const y = empty(mask.device, [n, classes, ...sides]);
  mask.device.run(kernel, { mask, y }, {
    params: { classes, hw: units },
    overrides: { REST },
    threads: [units, classes, n],
  });
  return y;
}
