import { empty, showShape, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./confident_classes.wgsl" with { type: "text" };

const choosing = lanes("confident_classes", code);

/**
 * The most probable class of every pixel where its probability is above a bound, else 255: u32
 * `[n,h,w]`.
 *
 * @param p probabilities `[n,c,h,w]`
 * @param least the bounds by image and class, `[n,c]`; a class whose bound is above 1 takes no part
 * @throws {TypeError} when the bounds do not fit.
 */
export function confidentClasses(p: Tensor, least: Tensor): Tensor {
  const [n, c, ...sides] = p.shape;
  if (least.size !== n * c) {
    throw new TypeError(
      `Cannot choose among ${showShape(p.shape)}: the bounds are ${showShape(least.shape)}`,
    );
  }
  const { kernel, units } = choosing(sizeOf(sides));
  const y = empty(p.device, [n, ...sides], "u32");
  p.device.run(kernel, { p, least, y }, {
    params: { hw: units },
    overrides: { C: c },
    threads: [units, n],
    trips: c,
  });
  return y;
}
