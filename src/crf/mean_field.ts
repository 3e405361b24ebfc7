import type { Device } from "../gpu/mod.ts";
import { empty, type Tensor } from "../tensor/mod.ts";
import {
  corners,
  type ExactFilter,
  exactFilter,
  exactMessage,
  filterUp,
  groupsOf,
  keepLattice,
  type Lattice,
  lattice,
  maxPixels,
  packScores,
  releaseLattice,
  updateQ,
} from "../wgsl/mod.ts";
import type { ResolvedCrfOptions, Term } from "./options.ts";

/** The largest image, in pixels, for which brute force is allowed. */
const MOST_EXACT = 128 * 128;

/** Filters of one image; the lattices of positions alone belong to a cache and outlive it. */
export interface Filters {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** One a term, for the lattice method. */
  readonly lattices: readonly Lattice[];
  /** One a term, for the exact method. */
  readonly exact: readonly ExactFilter[];
  /** Gives back what belongs to this image. */
  release(): void;
}

/** Lattices of positions alone, which depend on the size of the image and nothing else. */
export class PositionLattices implements Disposable {
  readonly #lattices = new Map<string, Lattice>();

  /** Keeps the lattices of the `limit` latest sizes and terms. */
  constructor(readonly device: Device, readonly limit: number = 8) {}

  /** The lattice of one term for images of one size. */
  get(width: number, height: number, term: Term, options: ResolvedCrfOptions): Lattice {
    const { normalisation } = options;
    const key = [width, height, ...term.sxy, term.compat, normalisation].join();
    let found = this.#lattices.get(key);
    if (found) this.#lattices.delete(key);
    else {
      const none = empty(this.device, [4]);
      const placed = corners(this.device, none, 0, { width, height, ...term });
      found = keepLattice(
        lattice(placed, normalisation, term.compat, positionVertices(width, height, term)),
      );
      none.release();
    }
    this.#lattices.set(key, found);
    for (const [old, value] of this.#lattices) {
      if (this.#lattices.size <= this.limit) break;
      this.#lattices.delete(old);
      releaseLattice(value);
    }
    return found;
  }

  /** Gives all lattices back. */
  [Symbol.dispose](): void {
    for (const value of this.#lattices.values()) releaseLattice(value);
    this.#lattices.clear();
  }
}

/**
 * More vertices than positions of an image can touch: the area in standard deviations, widened by
 * two on every side, times the vertices of the lattice A2* in a unit of area, 2 / sqrt(3).
 */
function positionVertices(width: number, height: number, { sxy }: Term): number {
  const area = (width / sxy[0] + 4) * (height / sxy[1] + 4);
  return Math.min(3 * width * height, Math.ceil(area * 2 / Math.sqrt(3))) + 1;
}

/**
 * Checks, before any work, that an image is not too large for the method on this device.
 *
 * @throws {RangeError} that names the sizes.
 */
export function checkSize(
  device: Device,
  width: number,
  height: number,
  labels: number,
  { method, terms }: ResolvedCrfOptions,
): void {
  const pixels = width * height;
  const dims = Math.max(...terms.map(({ srgb }) => 2 + srgb.length), 2);
  const byLabels = Math.floor(maxPixels(device, 0) / groupsOf(labels));
  const most = Math.min(byLabels, method === "exact" ? MOST_EXACT : maxPixels(device, dims));
  if (pixels <= most) return;
  throw new RangeError(
    `Cannot run ${method === "exact" ? "an exact" : "a"} CRF: ${width}x${height} is ${pixels} ` +
      `pixels, and with ${labels} labels ${most} are possible` +
      (method === "exact" ? ". Use the lattice" : " on this device. Use a smaller image"),
  );
}

/** Filters by brute force. */
export function exactFilters(
  image: Tensor,
  offset: number,
  width: number,
  height: number,
  options: ResolvedCrfOptions,
): Filters {
  const exact = options.terms.map((term) =>
    exactFilter(
      image.device,
      image,
      offset,
      { width, height, ...term },
      options.normalisation,
      term.compat,
    )
  );
  return {
    width,
    height,
    lattices: [],
    exact,
    release: () => exact.forEach(({ f, n }) => [f, n].forEach((x) => x.release())),
  };
}

/** Filters by lattices, without waiting for the GPU: memory for as many vertices as can be. */
export function latticeFilters(
  image: Tensor,
  offset: number,
  width: number,
  height: number,
  options: ResolvedCrfOptions,
  positions: PositionLattices,
): Filters {
  const { terms, normalisation } = options;
  const own: Lattice[] = [];
  const lattices = terms.map((term) => {
    if (term.srgb.length === 0) return positions.get(width, height, term, options);
    const placed = corners(image.device, image, offset, { width, height, ...term });
    const built = lattice(placed, normalisation, term.compat);
    own.push(built);
    return built;
  });
  return { width, height, lattices, exact: [], release: () => own.forEach(releaseLattice) };
}

/** As {@linkcode latticeFilters}, asking the GPU how many vertices there are. */
export async function measuredFilters(
  image: Tensor,
  width: number,
  height: number,
  options: ResolvedCrfOptions,
  positions: PositionLattices,
): Promise<Filters> {
  const { terms, normalisation } = options;
  const { device } = image;
  const placed = terms.map((term) =>
    term.srgb.length > 0 ? corners(device, image, 0, { width, height, ...term }) : undefined
  );
  const counts = await Promise.all(
    placed.map(async (corner) =>
      corner && new Uint32Array(await device.read(corner.stats.storage, 4))[0]
    ),
  );
  const own: Lattice[] = [];
  const lattices = terms.map((term, i) => {
    const corner = placed[i];
    if (!corner) return positions.get(width, height, term, options);
    const built = lattice(corner, normalisation, term.compat, counts[i]);
    own.push(built);
    return built;
  });
  return { width, height, lattices, exact: [], release: () => own.forEach(releaseLattice) };
}

/**
 * Mean-field inference for one image: Q = softmax(-U), then as often as the options say
 * Q = softmax(-U + sum_m w_m K~_m Q), Potts. Kraehenbuhl and Koltun 2011, algorithm 1.
 *
 * `unary` holds energies, planes from element `offset` on. Returns Q as `groupsOf(labels)` texels a
 * pixel.
 */
export function meanField(
  filters: Filters,
  unary: Tensor,
  offset: number,
  labels: number,
  iterations: number,
): Tensor {
  const pixels = filters.width * filters.height;
  const groups = groupsOf(labels);
  const scores = packScores(unary, offset, pixels, labels, groups);
  const isExact = filters.exact.length > 0;
  // Brute force keeps Q in whole numbers.
  let q = updateQ(scores, [], pixels, groups, isExact || iterations === 0);
  for (let i = 0; i < iterations; i++) {
    const next = isExact
      ? exactStep(filters.exact, scores, q, pixels, groups)
      : latticeStep(filters.lattices, scores, q, pixels, groups, i === iterations - 1);
    q.release();
    q = next;
  }
  scores.release();
  return q;
}

function latticeStep(
  lattices: readonly Lattice[],
  scores: Tensor,
  q: Tensor,
  pixels: number,
  groups: number,
  isLast: boolean,
): Tensor {
  const messages = lattices.map((lattice) => ({ lattice, v: filterUp(lattice, q, groups) }));
  const next = updateQ(scores, messages, pixels, groups, isLast);
  for (const { v } of messages) v.release();
  return next;
}

function exactStep(
  filters: readonly ExactFilter[],
  scores: Tensor,
  q: Tensor,
  pixels: number,
  groups: number,
): Tensor {
  let x = scores;
  for (const filter of filters) {
    const sums = exactMessage(filter, x, q, groups);
    if (x !== scores) x.release();
    x = sums;
  }
  const next = updateQ(x, [], pixels, groups, true);
  if (x !== scores) x.release();
  return next;
}
