import { read, type Tensor, tensor } from "../tensor/mod.ts";
import {
  addMessages,
  divergenceSums,
  exactMessage,
  filterUp,
  type Lattice,
  type Message,
  mixLabels,
  packingPays,
  updateQ,
} from "../wgsl/crf.ts";
import type { Filters } from "./filters.ts";

/** How Q follows from filters and scores -U; see {@linkcode meanField}. */
export type Field = (
  filters: Filters,
  scores: readonly Tensor[],
  groups: number,
  iterations: number,
) => Tensor[];

/**
 * Mean-field inference: Q = softmax(-U), then `iterations` times Q = softmax(-U - sum_m mu_m K~_m Q);
 * a Potts weight w is mu = -w 1. Kraehenbuhl and Koltun 2011, algorithm 1.
 *
 * `scores` are -U, `groups` texels a pixel, one tensor a block. Returns Q in the same form. With
 * `halves`, by lattices alone, labels 0 and 1 are one CRF's and 2 and 3 another's.
 */
export function meanField(
  filters: Filters,
  scores: readonly Tensor[],
  groups: number,
  iterations: number,
  halves = false,
): Tensor[] {
  // The exact method and matrices of labels read Q as f32, not as 15-bit numbers.
  const packed = packingPays(groups) && filters.lattices.length > 0 && !filters.mixes.some(Boolean);
  let qs = scores.map((x, i) =>
    updateQ(
      x,
      [],
      filters.pixels[i],
      groups,
      { v: false, q: packed && iterations > 0 },
      halves,
    )
  );
  for (let step = 1; step <= iterations; step++) {
    const next = filters.exact.length > 0
      ? softmaxOf(filters, exactScores(filters, scores, qs, groups), scores, groups)
      : latticeStep(filters, scores, qs, groups, packed, step === iterations, halves);
    releaseAll(qs);
    qs = next;
  }
  return qs;
}

/** What {@linkcode tracedMeanField} computes. */
export interface Traced {
  /** Q after the last iteration. */
  readonly qs: Tensor[];
  /** Sums of each block whose sum is the divergence, for every Q from the first to the last. */
  readonly sums: readonly (readonly Tensor[])[];
}

/** As {@linkcode meanField}, with the divergence of each Q, all in f32. */
export function tracedMeanField(
  filters: Filters,
  scores: readonly Tensor[],
  groups: number,
  iterations: number,
): Traced {
  let qs = softmaxOf(filters, scores, scores, groups);
  const sums: Tensor[][] = [];
  for (let step = 0; step <= iterations; step++) {
    const xs = filters.exact.length > 0
      ? exactScores(filters, scores, qs, groups)
      : latticeScores(filters, scores, qs, groups);
    sums.push(xs.map((x, i) => divergenceSums(qs[i], x, filters.pixels[i], groups)));
    if (step === iterations) {
      releaseAll(xs.filter((x, i) => x !== scores[i]));
      break;
    }
    const next = softmaxOf(filters, xs, scores, groups);
    releaseAll(qs);
    qs = next;
  }
  return { qs, sums };
}

/** The divergences that {@linkcode tracedMeanField} left in pieces, which it releases. */
export async function readDivergences({ sums }: Pick<Traced, "sums">): Promise<number[]> {
  return await Promise.all(sums.map(async (blocks) => {
    let total = 0;
    for (const block of blocks) {
      for (const sum of await read(block)) total += sum;
      block.release();
    }
    return total;
  }));
}

function latticeStep(
  filters: Filters,
  scores: readonly Tensor[],
  qs: readonly Tensor[],
  groups: number,
  packed: boolean,
  isLast: boolean,
  halves: boolean,
): Tensor[] {
  const values = filters.lattices.map((_, m) => valuesOf(filters, m, qs, groups, packed));
  const next = scores.map((x, i) =>
    updateQ(x, messagesTo(i, filters.lattices, values), filters.pixels[i], groups, {
      v: packed,
      q: packed && !isLast,
    }, halves)
  );
  releaseAll(values);
  return next;
}

/** -U plus all messages, by lattices. */
function latticeScores(
  filters: Filters,
  scores: readonly Tensor[],
  qs: readonly Tensor[],
  groups: number,
): Tensor[] {
  const values = filters.lattices.map((_, m) => valuesOf(filters, m, qs, groups, false));
  const xs = scores.map((x, i) =>
    addMessages(x, messagesTo(i, filters.lattices, values), filters.pixels[i], groups)
  );
  releaseAll(values);
  return xs;
}

/** What term `m` makes of Q on the vertices of its lattice. */
function valuesOf(
  { lattices, mixes }: Filters,
  m: number,
  qs: readonly Tensor[],
  groups: number,
  packed: boolean,
): Tensor {
  const { stats, vertices } = lattices[m];
  const v = filterUp(lattices[m], qs, groups, packed);
  const mix = mixes[m];
  if (!mix) return v;
  // Labels are mixed where they are fewest: K (mu Q) = mu (K Q).
  const mixed = mixLabels(mix, v, stats, vertices, groups);
  v.release();
  return mixed;
}

function messagesTo(
  block: number,
  lattices: readonly Lattice[],
  values: readonly Tensor[],
): Message[] {
  return lattices.map(({ dims, blocks }, m) => ({
    dims,
    slices: blocks[block].slices,
    v: values[m],
  }));
}

/** -U plus all messages, by brute force. */
function exactScores(
  { exact, mixes, pixels: [pixels] }: Filters,
  [scores]: readonly Tensor[],
  [q]: readonly Tensor[],
  groups: number,
): Tensor[] {
  let x = scores;
  exact.forEach((filter, m) => {
    const mix = mixes[m];
    const rows = mix && tensor(q.device, Uint32Array.of(pixels), [1]);
    const mixed = mix && mixLabels(mix, q, rows!, pixels, groups);
    const sums = exactMessage(filter, x, mixed ?? q, groups);
    for (const scratch of [rows, mixed, x === scores ? undefined : x]) scratch?.release();
    x = sums;
  });
  return [x];
}

/** softmax(xs), which it releases unless they are the scores. */
function softmaxOf(
  { pixels }: Filters,
  xs: readonly Tensor[],
  scores: readonly Tensor[],
  groups: number,
): Tensor[] {
  const qs = xs.map((x, i) => updateQ(x, [], pixels[i], groups));
  releaseAll(xs.filter((x, i) => x !== scores[i]));
  return qs;
}

function releaseAll(tensors: readonly Tensor[]): void {
  for (const x of tensors) x.release();
}
