import { kernel } from "../../gpu/mod.ts";
import { empty, nchw, type Tensor, tracks } from "../../tensor/mod.ts";
import code from "./boundary_affinity.wgsl" with { type: "text" };
import { type PairOptions, pairsOf } from "./pairs.ts";

const along = kernel("boundary_affinity", code);

/** Which pixels are paired, and how strongly. */
export interface BoundaryAffinityOptions extends Pick<PairOptions, "radius"> {
  /** The power to which affinities are raised; 1 by default. */
  readonly beta?: number;
}

/**
 * How alike pixels and their neighbours are where class boundaries b `[n,1,h,w]`, 0 to 1, lie between
 * them: (1 - the highest b on the path from one to the other, both included)^beta, `[n, offsets, h w]` as
 * {@linkcode affinity} has them up to the borders. No gradient flows. Ahn, Cho & Kwak, CVPR 2019, eq. 1,
 * with the paths of the published code: pixels of the rectangle between both less than 1 off their line.
 *
 * @throws {TypeError} when the boundaries are not `[n,1,h,w]` or would need a gradient.
 * @throws {RangeError} when the radius is not 2 to 5.
 */
export function boundaryAffinity(
  b: Tensor,
  { radius = 5, beta = 1 }: BoundaryAffinityOptions = {},
): Tensor {
  const { device } = b;
  const [n, c, h, w] = nchw("compare pixels over boundaries", b.shape);
  if (c !== 1) throw new TypeError(`Cannot compare pixels over ${c} maps of boundaries: give one`);
  if (tracks(b)) throw new TypeError("Affinities over boundaries have no gradient: untrack them");
  const { offsets } = pairsOf(h, w, { radius, borders: true });
  const a = empty(device, [n, offsets, h * w]);
  device.run(along, { b, a }, {
    params: { h, w, n, offsets, beta },
    threads: [h * w, n],
    overrides: { R: radius },
    trips: 400,
  });
  return a;
}
