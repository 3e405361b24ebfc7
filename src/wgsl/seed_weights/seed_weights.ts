import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { classCounts } from "../class_counts/class_counts.ts";
import code from "./seed_weights.wgsl" with { type: "text" };

const weighing = kernel("seed_weights", code);

/**
 * How much a labelled pixel counts, by image and class, f32 `[n,classes]`: in each image those of a
 * mask `[n,h,w]` (u32; what is no class counts nothing) add up to 1/n; `balanced`: those of the
 * background to 1/n and those of all other classes together to 1/n (Huang et al. 2018).
 *
 * @throws {TypeError} when the mask is not u32.
 */
export function seedWeights(mask: Tensor, classes: number, balanced = false): Tensor {
  const counts = classCounts(mask, classes);
  const y = empty(mask.device, counts.shape);
  mask.device.run(weighing, { counts, y }, {
    params: { size: y.size },
    threads: y.size,
    overrides: { BALANCED: Number(balanced), CLASSES: classes },
    trips: classes,
  });
  counts.release();
  return y;
}
