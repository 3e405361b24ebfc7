import { empty, type Tensor } from "../../tensor/mod.ts";
import { isPacked, packedTexels, spanOf } from "../crf_filter/crf_filter.ts";
import packedCode from "../crf_filter/packed.wgsl" with { type: "text" };
import type { Lattice } from "../crf_lattice/crf_lattice.ts";
import { chosen, variants } from "../crf_lattice/variants.ts";
import bestCode from "./best.wgsl" with { type: "text" };
import packCode from "./pack.wgsl" with { type: "text" };
import packBuffers from "./pack_buffers.wgsl" with { type: "text" };
import packTexels from "./pack_texels.wgsl" with { type: "text" };
import qBuffers from "./q_buffers.wgsl" with { type: "text" };
import qTexels from "./q_texels.wgsl" with { type: "text" };
import softmaxCode from "./softmax.wgsl" with { type: "text" };
import softmaxBuffers from "./softmax_buffers.wgsl" with { type: "text" };
import softmaxTexels from "./softmax_texels.wgsl" with { type: "text" };
import unpackCode from "./unpack.wgsl" with { type: "text" };
import updateCode from "./update.wgsl" with { type: "text" };
import updateBuffers from "./update_buffers.wgsl" with { type: "text" };
import updateTexels from "./update_texels.wgsl" with { type: "text" };

const pack = variants("crf_pack", packTexels, packBuffers, packCode);
const unpack = variants("crf_unpack", qTexels, qBuffers, unpackCode);
const best = variants("crf_best", qTexels, qBuffers, bestCode);
const update = variants("crf_update", updateTexels, updateBuffers, packedCode, updateCode);
const softmaxKernel = variants(
  "crf_softmax",
  softmaxTexels,
  softmaxBuffers,
  packedCode,
  softmaxCode,
);

/** A filter and what it made of Q: the values on its vertices. */
export interface Message {
  /** The filter, whose slices read the values. */
  readonly lattice: Lattice;
  /** The values, `groups` texels a vertex. */
  readonly v: Tensor;
}

/**
 * Scores -U of one image as `groups` texels a pixel, from energies in planes of `pixels` values
 * that start at element `offset` of `unary`. Lanes beyond the last label hold -1e30.
 */
export function packScores(
  unary: Tensor,
  offset: number,
  pixels: number,
  labels: number,
  groups: number,
): Tensor {
  const { device } = unary;
  const scores = empty(device, [pixels * groups, 4]);
  device.run(
    chosen(device, pack),
    { unary, scores },
    {
      params: { pixels, labels, offset },
      threads: pixels * groups,
      overrides: { GROUPS: groups },
    },
  );
  return scores;
}

/** Writes texels of Q as planes of `pixels` values, from element `offset` of `planes` on. */
export function unpackPlanes(
  q: Tensor,
  planes: Tensor,
  offset: number,
  pixels: number,
  labels: number,
  groups: number,
): void {
  q.device.run(
    chosen(q.device, unpack),
    { q, planes },
    {
      params: { pixels, labels, offset },
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

/**
 * Q = softmax(scores + the messages sliced at every pixel), `groups` groups of labels a pixel: whole
 * numbers in the last iteration, else packed where {@linkcode isPacked} says so.
 */
export function updateQ(
  scores: Tensor,
  messages: readonly Message[],
  pixels: number,
  groups: number,
  isLast: boolean,
): Tensor {
  const fused = spanOf(groups) === groups;
  const packed = !isLast && isPacked(groups);
  let x = scores;
  let done = 0;
  // All but the last two messages are added one pair at a time.
  for (; messages.length - done > (fused ? 2 : 0); done += 2) {
    const next = slice(x, messages.slice(done, done + 2), pixels, groups, false, false);
    if (x !== scores) x.release();
    x = next;
  }
  const q = fused
    ? slice(x, messages.slice(done), pixels, groups, true, packed)
    : softmax(x, pixels, groups, packed);
  if (x !== scores) x.release();
  return q;
}

function slice(
  scores: Tensor,
  [a, b]: readonly (Message | undefined)[],
  pixels: number,
  groups: number,
  isSoftmax: boolean,
  packed: boolean,
): Tensor {
  const { device } = scores;
  const span = spanOf(groups);
  const q = empty(device, [pixels * (packed ? packedTexels(groups) : groups), 4]);
  const size = pixels * groups / span;
  const corners = (message?: Message) => message ? message.lattice.dims + 1 : 0;
  device.run(
    chosen(device, update),
    {
      scores,
      slices0: a?.lattice.slices ?? scores,
      v0: a?.v ?? scores,
      slices1: b?.lattice.slices ?? scores,
      v1: b?.v ?? scores,
      q,
    },
    {
      params: { size },
      threads: size,
      overrides: {
        GROUPS: groups,
        SPAN: span,
        PAIRS0: Math.ceil(corners(a) / 2),
        PAIRS1: Math.ceil(corners(b) / 2),
        ODD0: corners(a) % 2,
        ODD1: corners(b) % 2,
        SOFTMAX: Number(isSoftmax),
        PACKED_V: Number(isPacked(groups)),
        PACKED_Q: Number(packed),
      },
    },
  );
  return q;
}

function softmax(scores: Tensor, pixels: number, groups: number, packed: boolean): Tensor {
  const { device } = scores;
  const q = empty(device, [pixels * (packed ? packedTexels(groups) : groups), 4]);
  device.run(
    chosen(device, softmaxKernel),
    { scores, q },
    {
      params: { pixels },
      threads: pixels,
      overrides: { GROUPS: groups, SPAN: spanOf(groups), PACKED_Q: Number(packed) },
    },
  );
  return q;
}
