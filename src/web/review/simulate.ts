import { keyOf } from "../../data/decisions/decision.ts";
import { readMask } from "../../data/masks/mask.ts";
import { differingRegions, type Region } from "../../data/masks/regions.ts";
import { Random } from "../../data/random.ts";
import { accumulate, confusion } from "../../eval/confusion.ts";
import { meanIouOver, scores } from "../../eval/scores.ts";
import { type Candidate, readMasks, type ReviewItem } from "./region_pool.ts";

/** One row of the table of a simulated review. */
export interface SimulatedRow {
  /** How many regions were answered. */
  readonly answered: number;
  /** Mean IoU when they are answered in the order of the review. */
  readonly ordered: number;
  /** Mean IoU when as many are drawn at random, averaged over the draws. */
  readonly random: number;
}

/** What a simulated review is told. */
export interface Simulation {
  /** The photographs; each has a true mask. */
  readonly items: readonly ReviewItem[];
  /** How many classes there are, background included. */
  readonly classes: number;
  /** The regions, in the order of the review. */
  readonly candidates: readonly Candidate[];
  /** After how many answers masks are measured. */
  readonly counts: readonly number[];
  /** The classes over which IoU is averaged; all that are present by default. */
  readonly over?: readonly number[];
}

/** Pixels that an answer moves in the confusion: from one place of its counts to another. */
interface Move {
  readonly from: number;
  readonly to: number;
  readonly pixels: number;
}

/** Draws at random, whose mean is shown. */
const DRAWS = 10;

/**
 * What a reviewer who knows the truth makes of the masks: mean IoU after some numbers of answers. The
 * masks are the method's choice, or the advice where there is none. The reviewer answers knowledge,
 * advice or background, whichever is right in most pixels of the region, and skips where none is.
 *
 * @param seen is told how many photographs were read
 */
export async function simulateReview(
  { items, classes, candidates, counts, over }: Simulation,
  seen: (done: number) => void,
): Promise<SimulatedRow[]> {
  const start = confusion(classes);
  const moves = new Map<number, readonly Move[]>();
  const byItem = Map.groupBy(candidates, ({ item }) => item);
  for (const [i, item] of items.entries()) {
    const { knowledge, advice, method: base = advice } = await readMasks(item, classes);
    const truth = await readMask(item.truth, { classes });
    accumulate(start, truth, base, item.id, { predictedVoid: "background" });
    const numbers = new Map(
      byItem.get(i)?.map(({ number, region }) => [keyOf({ photograph: "", region }), number]),
    );
    for (const region of differingRegions(knowledge, advice)) {
      const number = numbers.get(keyOf({ photograph: "", region }));
      if (number !== undefined) moves.set(number, movesOf(region, truth.data, base.data, classes));
    }
    seen(i + 1);
  }
  const curve = (order: readonly number[]) => {
    const total = { classes, counts: start.counts.slice() };
    let done = 0;
    return counts.map((count) => {
      for (; done < Math.min(count, order.length); done++) {
        for (const { from, to, pixels } of moves.get(order[done])!) {
          total.counts[from] -= pixels;
          total.counts[to] += pixels;
        }
      }
      const all = scores(total);
      return over ? meanIouOver(all, over) : all.meanIouPresent;
    });
  };
  const ordered = curve(candidates.map(({ number }) => number));
  const draws = Array.from({ length: DRAWS }, (_, seed) => {
    return curve([...new Random(`review ${seed}`).shuffled(candidates.length)]);
  });
  return counts.map((answered, i) => {
    const random = draws.reduce((sum, draw) => sum + draw[i], 0) / DRAWS;
    return { answered, ordered: ordered[i], random };
  });
}

function movesOf(
  { knowledge, advice, pixels }: Region,
  truth: Uint8Array,
  base: Uint8Array,
  classes: number,
): Move[] {
  const right = (c: number) => pixels.reduce((sum, u) => sum + Number(truth[u] === c), 0);
  const answers = [advice, knowledge, 0].map((c) => ({ c, right: right(c) }));
  const best = answers.reduce((a, b) => b.right > a.right ? b : a);
  if (best.right === 0) return [];
  const moved = new Map<number, number>();
  for (const u of pixels) {
    if (truth[u] === 255) continue;
    const from = truth[u] * classes + (base[u] === 255 ? 0 : base[u]);
    moved.set(from, (moved.get(from) ?? 0) + 1);
  }
  return [...moved].map(([from, pixels]) => {
    return { from, to: Math.floor(from / classes) * classes + best.c, pixels };
  });
}
