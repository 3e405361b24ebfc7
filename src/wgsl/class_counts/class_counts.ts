// Tested in src/wgsl/integrate/integrate_test.ts.
import { empty, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import { reduce } from "../sum/reduce.ts";
import code from "./class_counts.wgsl" with { type: "text" };

const counting = lanes("class_counts", code);

/**
 * How many pixels of each class a mask `[n,h,w]` (u32) has: f32 `[n,classes]`, exact below 2^24.
 *
 * @throws {TypeError} when the mask is not u32.
 */
export function classCounts(mask: Tensor, classes: number): Tensor {
  checkMask("count", mask);
  const partial = countsOfSlices(classes, mask);
  const [n, slices] = partial.shape;
  const counts = reduce(partial, [n, slices, classes], [n, classes]);
  partial.release();
  return counts;
}

/** The counts of slices of one mask, or of two, one behind the other: `[images,slices,classes]`. */
export function countsOfSlices(classes: number, mask: Tensor, other?: Tensor): Tensor {
  const { device } = mask;
  const [n, ...sides] = mask.shape;
  const { kernel, units } = counting(sizeOf(sides));
  const images = other ? 2 * n : n;
  const wanted = Math.ceil((device.texels ? 1024 : 16_384) / (images * classes));
  const slices = Math.max(Math.ceil(units / 16_384), Math.min(wanted, Math.ceil(units / 8), 64));
  const partial = empty(device, [images, slices, classes]);
  device.run(kernel, { mask, other: other ?? mask, partial }, {
    params: { images, n, classes, hw: units, slices },
    threads: images * slices * classes,
    trips: Math.ceil(units / slices),
  });
  return partial;
}
