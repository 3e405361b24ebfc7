import { Random } from "../data/random.ts";

/** What is drawn for one photograph of one step: a function of the seed and the step alone. */
export interface Draw {
  /** Which photograph. */
  readonly index: number;
  /** Its own random numbers in this epoch. */
  readonly random: Random;
  /** A seed that names the run, the epoch and the photograph. */
  readonly seed: string;
}

/** How photographs are drawn for training. */
export interface DrawPlan {
  /** Photographs there are. */
  readonly count: number;
  /** Photographs in a step; all of a smaller set are in each. */
  readonly size: number;
  /** Decides their order, and each one's random numbers. */
  readonly seed: number | string;
}

/** Steps in an epoch; an incomplete one is dropped, unless it is the only one. */
export function stepsPerEpoch({ count, size }: DrawPlan): number {
  return Math.max(1, Math.floor(count / size));
}

/** The photographs of every step from `from` on, each photograph at most once an epoch. */
export function* draws(plan: DrawPlan, from: number): Generator<readonly Draw[], never> {
  const { count, size, seed } = plan;
  const perEpoch = stepsPerEpoch(plan);
  let [epoch, random, order] = [-1, new Random(seed), new Uint32Array()];
  for (let step = from;; step++) {
    if (epoch !== Math.floor(step / perEpoch)) {
      epoch = Math.floor(step / perEpoch);
      random = new Random(seed).fork(`epoch ${epoch}`);
      order = random.shuffled(count) as Uint32Array<ArrayBuffer>;
    }
    const at = (step % perEpoch) * size;
    yield Array.from(order.subarray(at, at + size), (index) => {
      return { index, random: random.fork(index), seed: `${seed} ${epoch} ${index}` };
    });
  }
}
