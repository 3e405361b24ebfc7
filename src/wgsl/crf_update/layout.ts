import { empty, type Tensor } from "../../tensor/mod.ts";
import { chosen, variants } from "../crf_lattice/variants.ts";
import bestCode from "./best.wgsl" with { type: "text" };
import packCode from "./pack.wgsl" with { type: "text" };
import packBuffers from "./pack_buffers.wgsl" with { type: "text" };
import packTexels from "./pack_texels.wgsl" with { type: "text" };
import qBuffers from "./q_buffers.wgsl" with { type: "text" };
import qTexels from "./q_texels.wgsl" with { type: "text" };
import unpackCode from "./unpack.wgsl" with { type: "text" };

const pack = variants("crf_pack", packTexels, packBuffers, packCode);
const unpack = variants("crf_unpack", qTexels, qBuffers, unpackCode);
const best = variants("crf_best", qTexels, qBuffers, bestCode);

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
  device.run(
    chosen(device, pack),
    { unary, scores },
    {
      params: { pixels, area, labels, offset },
      threads: pixels * groups,
      overrides: { GROUPS: groups },
    },
  );
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
  q.device.run(
    chosen(q.device, unpack),
    { q, planes },
    {
      params: { pixels, area, labels, offset },
      threads: pixels * groups,
      overrides: { GROUPS: groups },
    },
  );
}

/** The most probable label of every pixel, one byte each, four in a u32 element. */
export function bestLabels(q: Tensor, pixels: number, groups: number): Tensor {
  const words = Math.ceil(pixels / 4);
  const labels = empty(q.device, [words], "u32");
  q.device.run(
    chosen(q.device, best),
    { q, labels },
    { params: { pixels, words }, threads: words, overrides: { GROUPS: groups } },
  );
  return labels;
}
