import type { Device } from "../gpu/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import {
  corners,
  type ExactFilter,
  exactFilter,
  groupsOf,
  joined,
  joinKeys,
  type Lattice,
  lattice,
  maxTexels,
  mixMatrix,
  type Piece,
  piece,
  releaseLattice,
  serialCorners,
  serialLattice,
} from "../wgsl/crf.ts";
import type { CrfImage } from "./input.ts";
import type { Layout } from "./layout.ts";
import type { ResolvedCrfOptions, Term } from "./options.ts";
import type { PositionLattices } from "./shared.ts";

/** Filters of some images; the lattices of positions alone belong to a cache and outlive them. */
export interface Filters {
  /** Pixels of each block. */
  readonly pixels: readonly number[];
  /** One a term, for the lattice method. */
  readonly lattices: readonly Lattice[];
  /** One a term, for the exact method. */
  readonly exact: readonly ExactFilter[];
  /** The matrix of each term that has one. */
  readonly mixes: readonly (Tensor | undefined)[];
  /** Gives back what belongs to these images. */
  release(): void;
}

/** What filters are made for. */
export interface FilterRequest {
  /** How the images are divided. */
  readonly layout: Layout;
  /** How many labels will be filtered. */
  readonly labels: number;
  /** The options. */
  readonly options: ResolvedCrfOptions;
  /** The cache. */
  readonly positions: PositionLattices;
}

/** Filters by brute force of one image, planes from element `offset` on. */
export function exactFilters(image: Tensor, offset: number, request: FilterRequest): Filters {
  const { layout: { width, height }, options } = request;
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
  const made = { lattices: [], exact };
  return complete(request, made, () => exact.forEach(({ f, n }) => [f, n].forEach(release)));
}

/** Filters by lattices, without waiting for the GPU: memory for as many vertices as can be. */
export function latticeFilters(image: Tensor, offset: number, request: FilterRequest): Filters {
  const { layout, options, positions } = request;
  const own: Lattice[] = [];
  const lattices = options.terms.map((term) => {
    if (term.srgb.length === 0) return positions.take(layout, term, options);
    const placed = corners(image.device, image, offset, { ...layout, ...term });
    const built = lattice(placed, options.normalisation, term.compat);
    own.push(built);
    return built;
  });
  return complete(request, { lattices, exact: [] }, () => giveBack(lattices, own, positions));
}

/**
 * As {@linkcode latticeFilters}, asking the GPU how many vertices there are; one tensor of planes a
 * block.
 *
 * @throws {RangeError} when there are more vertices than the device can hold values for.
 */
export async function measuredFilters(
  images: readonly Tensor[],
  request: FilterRequest,
): Promise<Filters> {
  const { layout, options, positions } = request;
  const { device } = images[0];
  const own: Lattice[] = [];
  const isWhole = layout.blocks.length === 1;
  const whole = options.terms.map((term) =>
    isWhole && term.srgb.length > 0
      ? corners(device, images[0], 0, { ...layout, ...term })
      : undefined
  );
  const counts = await Promise.all(whole.map((own) => own && count(own.table.stats)));
  const lattices: Lattice[] = [];
  for (const [i, term] of options.terms.entries()) {
    const from = whole[i];
    if (!from && isWhole) lattices.push(positions.take(layout, term, options));
    else {
      if (from) checkVertices(counts[i]!, request, term, device);
      const built = from
        ? lattice(from, options.normalisation, term.compat, counts[i])
        : await joinedLattice(images, term, request);
      own.push(built);
      lattices.push(built);
    }
  }
  return complete(request, { lattices, exact: [] }, () => giveBack(lattices, own, positions));
}

/**
 * As {@linkcode measuredFilters}, by the program itself: for software drivers, and images of one block.
 *
 * @throws {RangeError} when there are more vertices than the device can hold values for.
 */
export function serialFilters(images: readonly CrfImage[], request: FilterRequest): Filters {
  const { layout, options, positions } = request;
  const { device } = positions;
  const own: Lattice[] = [];
  const lattices = options.terms.map((term) => {
    if (term.srgb.length === 0) return positions.take(layout, term, options);
    const from = serialCorners(device, { ...layout, ...term }, images.map(({ data }) => data));
    checkVertices(from.vertices, request, term, device);
    const built = serialLattice(device, from, options.normalisation, term.compat);
    own.push(built);
    return built;
  });
  return complete(request, { lattices, exact: [] }, () => giveBack(lattices, own, positions));
}

/** One lattice over several blocks, built block by block. */
async function joinedLattice(
  images: readonly Tensor[],
  term: Term,
  request: FilterRequest,
): Promise<Lattice> {
  const { layout: { width, blocks }, options } = request;
  const pieces: Piece[] = [];
  for (const [i, rows] of blocks.entries()) {
    const from = corners(images[i].device, images[i], 0, { width, ...rows, ...term });
    pieces.push(piece(from, await count(from.table.stats)));
  }
  const table = joinKeys(pieces);
  const vertices = await count(table.stats);
  checkVertices(vertices, request, term, images[0].device);
  return joined(pieces, table, vertices, options.normalisation, term.compat);
}

/** The number of vertices, once the GPU knows it. */
async function count(stats: Tensor): Promise<number> {
  return new Uint32Array(await stats.device.read(stats.storage, 4))[0];
}

function checkVertices(
  vertices: number,
  { layout: { width, height }, labels }: FilterRequest,
  { sxy, srgb }: Term,
  device: Device,
): void {
  const rows = Math.max(groupsOf(labels), srgb.length + 3);
  const most = Math.floor(maxTexels(device) / rows);
  if (vertices <= most) return;
  throw new RangeError(
    `Cannot run a CRF on ${width}x${height} pixels with ${labels} labels: standard deviations ` +
      `${[...sxy, ...srgb]} take ${vertices} vertices, of which ${most} are possible. Use larger ` +
      "ones, a smaller image or fewer labels",
  );
}

function complete(
  { layout: { width, images, blocks }, labels, options, positions }: FilterRequest,
  made: Pick<Filters, "lattices" | "exact">,
  free: () => void,
): Filters {
  const groups = groupsOf(labels);
  const mixes = options.terms.map(({ matrix }) =>
    matrix && mixMatrix(positions.device, matrix, groups)
  );
  return {
    ...made,
    mixes,
    pixels: blocks.map(({ height }) => width * height * images),
    release() {
      free();
      for (const mix of mixes) mix?.release();
    },
  };
}

function giveBack(
  all: readonly Lattice[],
  own: readonly Lattice[],
  positions: PositionLattices,
): void {
  for (const lattice of all) {
    if (own.includes(lattice)) releaseLattice(lattice);
    else positions.give(lattice);
  }
}

function release(x: Tensor): void {
  x.release();
}
