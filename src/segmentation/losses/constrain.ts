import * as z from "zod";
import { DenseCrf } from "../../crf/mod.ts";
import type { Device } from "../../gpu/mod.ts";
import { type Tensor, untracked } from "../../tensor/mod.ts";
import { negativeLog, softCrossEntropy, softmax } from "../../wgsl/mod.ts";

/** Options of what the seeded losses share. */
export const constrainOptions = {
  lossCrfScale: z.number().positive().optional().describe(
    "Losses sec, dsrg: their CRF's widths of 3 and 80 pixels are divided by this; by default by " +
      "492 / the side of the maps, which is 12 for the published 41x41",
  ),
  lossCrfIterations: z.int().min(0).default(10)
    .describe(
      "Losses sec, dsrg: mean-field iterations of their CRF (default unverified; a port has 5)",
    ),
  lossFloor: z.number().min(0).lt(1).default(1e-4)
    .describe("Losses sec, dsrg: added to every probability, which are then scaled to sum to 1"),
};

/** What {@linkcode constrainOptions} describe. */
export type ConstrainOptions = z.output<z.ZodObject<typeof constrainOptions>>;

/** Side of the published maps times the published scale. */
const PUBLISHED = 41 * 12;

/**
 * The CRF inside SEC and DSRG, on maps of scores: the published widths as parts of the picture,
 * colours 13 wide, weights 3 and 10.
 */
export class LossCrf implements Disposable {
  readonly #crfs = new Map<number, DenseCrf>();

  /** A CRF with the given options. */
  constructor(readonly device: Device, readonly options: ConstrainOptions) {}

  /**
   * What the CRF makes of the softmax of the logits `[n, c, h, w]`, as a constant.
   *
   * @param colours `[n, 3, h, w]`, 0 to 255
   */
  probabilities(logits: Tensor, colours: Tensor): Tensor {
    const crf = this.#crf(Math.max(...logits.shape.slice(2)));
    return untracked(() => {
      const p = softmax(logits);
      const unary = negativeLog(p, Math.max(this.options.lossFloor, 1e-10));
      const q = crf.infer(colours, unary);
      for (const scratch of [p, unary]) scratch.release();
      return q;
    });
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const crf of this.#crfs.values()) crf[Symbol.dispose]();
  }

  #crf(side: number): DenseCrf {
    const { lossCrfScale: by = PUBLISHED / side, lossCrfIterations: iterations } = this.options;
    const crf = this.#crfs.get(by) ?? new DenseCrf(this.device, {
      iterations,
      gaussian: [{ sxy: 3 / by, compat: 3 }],
      bilateral: [{ sxy: 80 / by, srgb: 13, compat: 10 }],
    });
    this.#crfs.set(by, crf);
    return crf;
  }
}

/**
 * The constrain-to-boundary loss of SEC: `mean over pixels of KL(Q || p)`, Q what the CRF makes of p.
 * No gradient flows through Q, whose ratio to p is not clipped.
 */
export function constrainLoss(logits: Tensor, q: Tensor, floor: number): Tensor {
  const [n, , h, w] = logits.shape;
  return softCrossEntropy(logits, q, { floor, divergence: true, scale: 1 / (n * h * w) });
}
