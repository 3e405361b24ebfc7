// Tested in src/wgsl/integrate/integrate_test.ts.
import { empty, showShape, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./argmax.wgsl" with { type: "text" };

const forward = lanes("argmax", code);

/**
 * The class of the largest score of every pixel, `[n,c,h,w]` to u32 `[n,h,w]`; the first of equals.
 *
 * @param allowed flags `[n,c]`, f32 or u32: a class whose flag is 0 never wins; all may by default
 * @throws {TypeError} when the flags do not fit.
 */
export function argmax(x: Tensor, allowed?: Tensor): Tensor {
  const { device, shape } = x;
  const [n, c, ...sides] = shape;
  if (allowed && allowed.size !== n * c) {
    throw new TypeError(
      `Cannot choose among ${showShape(shape)}: the flags are ${showShape(allowed.shape)}`,
    );
  }
  const { kernel, units } = forward(sizeOf(sides));
  const y = empty(device, [n, ...sides], "u32");
  device.run(kernel, { x, allowed: allowed ?? x, y }, {
    params: { hw: units },
    threads: [units, n],
    trips: c,
    overrides: { C: c, SOME: Number(allowed !== undefined) },
  });
  return y;
}
