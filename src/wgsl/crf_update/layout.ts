import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import bestCode from "./best.wgsl" with { type: "text" };
import packCode from "./pack.wgsl" with { type: "text" };
import unpackCode from "./unpack.wgsl" with { type: "text" };

const pack = kernel("crf_pack", packCode);
const unpack = kernel("crf_unpack", unpackCode);
const best = kernel("crf_best", bestCode);

/** Planes of values of several images of one size: images x labels x area. */
export interface Planes {
  /** Images. */
  readonly images: number;
  /** Labels. */
  readonly labels: number;
  /** Pixels of one image. */
  readonly area: number;
}

/**
 * Scores -U as `groups` texels a pixel, from planes of energies that start at element `offset` of
 * `unary`. Lanes beyond the last label hold -1e30.
 */
export function packScores(
  unary: Tensor,
  offset: number,
  { images, labels, area }: Planes,
  groups: number,
): Tensor {
  const { device } = unary;
  const pixels = images * area;
  const scores = empty(device, [pixels * groups, 4]);
  device.run(pack, { unary, scores }, {
    params: { pixels, area, labels, offset },
    threads: pixels,
    overrides: { GROUPS: groups },
  });
  return scores;
}

/** Writes texels of Q as planes, from element `offset` of `planes` on. */
export function unpackPlanes(
  q: Tensor,
  planes: Tensor,
  offset: number,
  { images, labels, area }: Planes,
  groups: number,
): void {
  const pixels = images * area;
  q.device.run(unpack, { q, planes }, {
    params: { pixels, area, labels, offset },
    threads: pixels * groups,
    overrides: { GROUPS: groups },
  });
}

/** The most probable label of every pixel, one byte each, four in a u32 element. */
export function bestLabels(q: Tensor, pixels: number, groups: number): Tensor {
  const words = Math.ceil(pixels / 4);
  const labels = empty(q.device, [words], "u32");
  q.device.run(best, { q, labels }, {
    params: { pixels, words },
    threads: words,
    overrides: { GROUPS: groups },
  });
  return labels;
}
