import { kernel } from "../../gpu/mod.ts";
import { empty, rowsColumns, type Tensor } from "../../tensor/mod.ts";
import code from "./label_table.wgsl" with { type: "text" };

const writing = kernel("label_table", code);
const SHARES = { none: 0, "of-kind": 1, "of-shown": 2 } as const;

/** One number for each kind of class that an image can have. */
export interface LabelTable {
  /** Of class 0. */
  readonly background: number;
  /** Of class 0 in an image that shows no other; `background` by default. */
  readonly alone?: number;
  /** Of the classes that the image shows. */
  readonly present: number;
  /** Of the classes that it does not show. */
  readonly absent: number;
  /**
   * `of-kind`: `present` is divided among the present classes of an image, `absent` among its absent
   * ones; `of-shown`: `background` and `present` are divided by the number of present classes and
   * one; `none` (default): they are taken as they are.
   */
  readonly share?: "none" | "of-kind" | "of-shown";
}

/**
 * Numbers by image and class, f32 `[n,classes]`, from image labels `[n,classes-1]` (flags of the
 * classes without background, f32 or u32).
 *
 * @throws {TypeError} when the labels are not two-dimensional.
 */
export function labelTable(labels: Tensor, table: LabelTable): Tensor {
  const [n, foreground] = rowsColumns("look up labels", labels.shape);
  const { background, alone = background, present, absent, share = "none" } = table;
  const y = empty(labels.device, [n, foreground + 1]);
  labels.device.run(writing, { labels, y }, {
    params: { size: y.size, background, alone, present, absent },
    threads: y.size,
    overrides: { SHARE: SHARES[share], CLASSES: foreground + 1 },
    trips: foreground,
  });
  return y;
}
