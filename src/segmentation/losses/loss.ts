import type * as z from "zod";
import { type Tensor, view } from "../../tensor/mod.ts";
import type { LossInput, LossKind } from "./segmentation_loss.ts";

/** A loss that learns from image labels alone and keeps nothing on the GPU between steps. */
export function labelLoss<Options extends object>(
  schema: z.ZodType<Options>,
  loss: (input: LossInput, options: Options) => Tensor,
): LossKind {
  return {
    masks: false,
    open(_device, given) {
      const options = schema.parse(given);
      return {
        of: (input) => loss(input, options),
        [Symbol.dispose]() {},
      };
    },
  };
}

/** Numbers by image and class, `[n, c]`, as they are added to every pixel: `[n, c, 1, 1]`. */
export function everywhere(table: Tensor): Tensor {
  return view(table, [...table.shape, 1, 1]);
}
