// Tested in src/crf/dense_crf_test.ts.
import { keep, type Tensor } from "../../tensor/mod.ts";
import { type Block, block } from "./block.ts";
import type { Corners } from "./corners.ts";
import { type Normalisation, normalised } from "./normalised.ts";
import { findNeighbours, releaseTable } from "./vertex_table.ts";

/** A Gaussian filter over one image: splat onto vertices, blur, slice, with the normalisation. */
export interface Lattice {
  /** Dimensions of the features, d. */
  readonly dims: number;
  /** At most so many vertices, the empty one included. */
  readonly vertices: number;
  /** u32: the number of vertices. */
  readonly stats: Tensor;
  /** The pixels: one block, or several of a large image. */
  readonly blocks: readonly Block[];
  /**
   * (forth, back, a, b), `vertices` texels an axis: the vertices one step along it, and their part in
   * what all labels together put on a vertex after the blur, the same in every iteration.
   */
  readonly links: Tensor;
  /** One over what all labels together put on each vertex before the blur. */
  readonly inverse: Tensor;
}

/**
 * Completes a lattice from the corners of one block of pixels, which it releases.
 *
 * `vertices` bounds the number of vertices with the empty one; where it is not known the number
 * of corners + 1 is safe and takes more memory. `compat` scales what the filter returns.
 */
export function lattice(
  from: Corners,
  normalisation: Normalisation,
  compat: number,
  vertices: number = from.pixels * (from.dims + 1) + 1,
): Lattice {
  const { dims, images, table } = from;
  const neighbours = findNeighbours(table, dims, images, vertices);
  const blocks = [block(from, vertices)];
  releaseTable(table);
  const raw = { dims, vertices, stats: table.stats, blocks };
  return normalised(raw, neighbours, normalisation, compat);
}

/** Lets a lattice outlive the open scopes. */
export function keepLattice(lattice: Lattice): Lattice {
  for (const x of tensorsOf(lattice)) keep(x);
  return lattice;
}

/** Gives a lattice's memory back. */
export function releaseLattice(lattice: Lattice): void {
  for (const x of tensorsOf(lattice)) x.release();
}

function tensorsOf({ stats, links, inverse, blocks }: Lattice): Set<Tensor> {
  const lists = blocks.flatMap((x) => [x.stats, x.entries, x.ranges, x.runs, x.slices]);
  return new Set([stats, links, inverse, ...lists]);
}
