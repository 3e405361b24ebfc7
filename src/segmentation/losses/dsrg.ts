import * as z from "zod";
import type { Tensor } from "../../tensor/mod.ts";
import { add, confidentClasses, growRegions, labelTable } from "../../wgsl/mod.ts";
import { constrainLoss, constrainOptions, LossCrf } from "./constrain.ts";
import type { LossKind } from "./segmentation_loss.ts";
import { seedLoss } from "./sec.ts";

const growOptions = {
  dsrgForeground: z.number().min(0).max(1).default(0.85)
    .describe(
      "Loss dsrg: probability above which a pixel may join a shown class (default unverified)",
    ),
  dsrgBackground: z.number().min(0).max(1).default(0.99)
    .describe(
      "Loss dsrg: probability above which a pixel may join background (default unverified)",
    ),
};

/** What {@linkcode grownSeeds} can be told. */
export type GrowOptions = z.output<z.ZodObject<typeof growOptions>>;

/** Options of {@linkcode dsrg}. */
export const dsrgOptions = { ...growOptions, ...constrainOptions };

/**
 * Seeds with what grew on them: the label map is the best class, among those the image shows and
 * background, of the CRF's probabilities q where it is above the class's threshold; a pixel joins its
 * class if the 8-connected region of that class around it holds a seed of it. Seeds stay as they are,
 * and a pixel has one class (the published code lets a seed of one class be grown over by another and
 * counts both).
 */
export function grownSeeds(
  q: Tensor,
  labels: Tensor,
  seeds: Tensor,
  { dsrgForeground: present, dsrgBackground: background }: GrowOptions,
): Tensor {
  const confident = confidentClasses(q, labelTable(labels, { background, present, absent: 2 }));
  const grown = growRegions(confident, seeds);
  confident.release();
  return grown;
}

/**
 * Deep seeded region growing: the seeding loss on {@linkcode grownSeeds}, background and foreground
 * each averaged by its own number of pixels, and SEC's {@linkcode constrainLoss}.
 *
 * Huang, Wang, Wang, Liu & Wang, "Weakly-supervised semantic segmentation network with deep seeded
 * region growing", CVPR 2018.
 */
export const dsrg: LossKind = {
  masks: true,
  colours: true,
  open(device, given) {
    const options = z.object(dsrgOptions).parse(given);
    const { lossFloor: floor } = options;
    const crf = new LossCrf(device, options);
    return {
      of({ logits, labels, masks, colours }) {
        const q = crf.probabilities(logits, colours());
        const grown = grownSeeds(q, labels, masks!, options);
        return add(seedLoss(logits, grown, floor, true), constrainLoss(logits, q, floor));
      },
      [Symbol.dispose]: () => crf[Symbol.dispose](),
    };
  },
};
