// Tested in src/wgsl/integrate/integrate_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, showShape, type Tensor } from "../../tensor/mod.ts";
import { countsOfSlices } from "../class_counts/class_counts.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./collapse_flags.wgsl" with { type: "text" };

const deciding = kernel("collapse_flags", code);

/**
 * Which classes of an image the advice all but deletes: f32 `[n,classes]`, 1 where the class is among
 * the image's labels and has in the advice less than `threshold` of its pixels in the knowledge
 * (counted as at least one). The background is never flagged. Shimoda & Yanai, ICCV 2019.
 *
 * @param knowledge u32 `[n,h,w]`
 * @param advice u32 `[n,h,w]`
 * @param labels flags of the classes without background, `[n,classes-1]`, f32 or u32
 * @throws {TypeError} when the shapes do not fit.
 */
export function collapseFlags(
  knowledge: Tensor,
  advice: Tensor,
  labels: Tensor,
  { threshold = 0.5 }: { readonly threshold?: number } = {},
): Tensor {
  checkMask("compare", knowledge, advice);
  const [n] = knowledge.shape;
  const [images, foreground] = labels.shape;
  if (labels.shape.length !== 2 || images !== n) {
    throw new TypeError(
      `Cannot flag classes of ${n} images: labels are ${showShape(labels.shape)}`,
    );
  }
  const { device } = knowledge;
  const classes = foreground + 1;
  const counts = countsOfSlices(classes, knowledge, advice);
  const y = empty(device, [n, classes]);
  device.run(deciding, { counts, labels, y }, {
    params: { size: n * classes, classes, threshold },
    overrides: { SLICES: counts.shape[1] },
    threads: n * classes,
    trips: counts.shape[1],
  });
  counts.release();
  return y;
}
