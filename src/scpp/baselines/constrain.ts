import * as z from "zod";
import { DenseCrf } from "../../crf/mod.ts";
import type { Device } from "../../gpu/mod.ts";
import { type Tensor, untracked } from "../../tensor/mod.ts";
import { negativeLog, softCrossEntropy, softmax } from "../../wgsl/mod.ts";

/** Options of what the seeded losses share. */
export const constrainOptions = {
  lossCrfScale: z.number().positive().default(12).describe(
    "Losses sec, dsrg: their CRF's widths in space are 3 and 80 pixels divided by this (12 for the " +
      "41x41 maps of the published code)",
  ),
  lossCrfIterations: z.int().min(0).default(10)
    .describe(
      "Losses sec, dsrg: mean-field iterations of their CRF (10 from memory; a port has 5)",
    ),
  lossFloor: z.number().min(0).lt(1).default(1e-4)
    .describe("Losses sec, dsrg: added to every probability, which are then scaled to sum to 1"),
};

/** What {@linkcode constrainOptions} describe. */
export type ConstrainOptions = z.output<z.ZodObject<typeof constrainOptions>>;

/** The CRF inside SEC and DSRG: colours 13, weights 3 and 10, on maps. */
export function lossCrf(device: Device, options: ConstrainOptions): DenseCrf {
  const { lossCrfScale: by, lossCrfIterations: iterations } = options;
  return new DenseCrf(device, {
    iterations,
    gaussian: [{ sxy: 3 / by, compat: 3 }],
    bilateral: [{ sxy: 80 / by, srgb: 13, compat: 10 }],
  });
}

/** What the CRF makes of the softmax of the logits, as a constant. */
export function smoothed(crf: DenseCrf, logits: Tensor, colours: Tensor, floor: number): Tensor {
  return untracked(() => {
    const p = softmax(logits);
    const unary = negativeLog(p, Math.max(floor, 1e-10));
    const q = crf.infer(colours, unary);
    for (const scratch of [p, unary]) scratch.release();
    return q;
  });
}

/**
 * The constrain-to-boundary loss of SEC: `mean over pixels of KL(Q || p)`, Q what the CRF makes of p.
 * No gradient flows through Q, whose ratio to p is not clipped.
 */
export function constrainLoss(logits: Tensor, q: Tensor, floor: number): Tensor {
  const [n, , h, w] = logits.shape;
  return softCrossEntropy(logits, q, { floor, divergence: true, scale: 1 / (n * h * w) });
}
