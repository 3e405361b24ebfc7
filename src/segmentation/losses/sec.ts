import * as z from "zod";
import type { Tensor } from "../../tensor/mod.ts";
import {
  add,
  labelTable,
  mul,
  negativeLog,
  oneHot,
  rankRate,
  rankWeights,
  seedWeights,
  softCrossEntropy,
  softmax,
  sum,
} from "../../wgsl/mod.ts";
import type { LossKind } from "./segmentation_loss.ts";
import { constrainLoss, constrainOptions, LossCrf } from "./constrain.ts";

const decay = () => z.number().min(0).max(1);

/** Options of {@linkcode sec}. */
export const secOptions = {
  secForegroundDecay: decay().default(0.996)
    .describe(
      "Loss sec: how much less the pixel of the next lower probability counts, shown classes",
    ),
  secBackgroundDecay: decay().default(0.999)
    .describe("Loss sec: the same for background; of classes not shown the highest alone counts"),
  ...constrainOptions,
};

/** What {@linkcode secOptions} describe. */
export type SecOptions = z.output<z.ZodObject<typeof secOptions>>;

/**
 * SEC's seeding loss: in each image the mean over the seeds of -log p of their class, averaged over
 * images; `balanced` is DSRG's, background and the other classes each with a mean of their own.
 */
export function seedLoss(logits: Tensor, seeds: Tensor, floor: number, balanced = false): Tensor {
  const [, classes] = logits.shape;
  const weight = seedWeights(seeds, classes, balanced);
  return softCrossEntropy(logits, oneHot(seeds, classes), { weight, floor });
}

/**
 * SEC's expansion loss. G_c is the global weighted rank pooling of p_c: its values, the largest first,
 * weighted by decay^0, decay^1, ...; for classes not shown it is the maximum.
 *
 *     L = mean over images of - mean_{c shown} log G_c - mean_{c not shown} log(1 - G_c) - log G_0
 */
export function expandLoss(logits: Tensor, labels: Tensor, options: SecOptions): Tensor {
  const { secForegroundDecay, secBackgroundDecay, lossFloor: floor } = options;
  const [n, c] = logits.shape;
  const rates = labelTable(labels, {
    background: rankRate(secBackgroundDecay),
    present: rankRate(secForegroundDecay),
    absent: rankRate(0),
  });
  const p = softmax(logits);
  const pooled = sum(mul(p, rankWeights(p, rates)), [2, 3]);
  const k = 1 / (1 + c * floor); // p is compared as (p + floor) k
  const slopes = labelTable(labels, { background: k, present: k, absent: -k });
  const offset = { background: floor * k, present: floor * k, absent: 1 - floor * k };
  const likelihood = add(mul(pooled, slopes), labelTable(labels, offset));
  const shares = { background: 1 / n, present: 1 / n, absent: 1 / n, share: "of-kind" } as const;
  return sum(mul(negativeLog(likelihood), labelTable(labels, shares)));
}

/**
 * Seed, expand and constrain: {@linkcode seedLoss} + {@linkcode expandLoss} +
 * {@linkcode constrainLoss}.
 *
 * Kolesnikov & Lampert, "Seed, expand and constrain: three principles for weakly-supervised image
 * segmentation", ECCV 2016, arXiv 1603.06098; constants as in the published code of DSRG and a port
 * of SEC.
 */
export const sec: LossKind = {
  masks: true,
  colours: true,
  open(device, given) {
    const options = z.object(secOptions).parse(given);
    const { lossFloor: floor } = options;
    const crf = new LossCrf(device, options);
    return {
      of({ logits, labels, masks, colours }) {
        const q = crf.probabilities(logits, colours());
        const seed = seedLoss(logits, masks!, floor);
        const expand = expandLoss(logits, labels, options);
        return add(add(seed, expand), constrainLoss(logits, q, floor));
      },
      [Symbol.dispose]: () => crf[Symbol.dispose](),
    };
  },
};
