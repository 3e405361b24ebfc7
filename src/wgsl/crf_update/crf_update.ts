// Tested in src/crf/dense_crf_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { packedTexels, spanOf } from "../crf_filter/crf_filter.ts";
import packedCode from "../crf_filter/packed.wgsl" with { type: "text" };
import softmaxCode from "./softmax.wgsl" with { type: "text" };
import updateCode from "./update.wgsl" with { type: "text" };

const update = kernel("crf_update", packedCode, updateCode);
const softmaxKernel = kernel("crf_softmax", packedCode, softmaxCode);

/** What a filter made of Q, and where the pixels of one block find it. */
export interface Message {
  /** Dimensions of the filter's features. */
  readonly dims: number;
  /** (vertex, weight) pairs of the block, d+1 a pixel. */
  readonly slices: Tensor;
  /** The values on the vertices, `groups` groups of labels each. */
  readonly v: Tensor;
}

/** Which values are kept eight labels to a texel. */
export interface Packing {
  /** Those of the messages. */
  readonly v: boolean;
  /** The result. */
  readonly q: boolean;
}

const whole: Packing = { v: false, q: false };

/**
 * Q = softmax(scores + the messages sliced at every pixel), `groups` groups of labels a pixel; with
 * `halves`, of one group, the first two labels and the last two are of two CRFs.
 */
export function updateQ(
  scores: Tensor,
  messages: readonly Message[],
  pixels: number,
  groups: number,
  packing: Packing = whole,
  halves: boolean = false,
): Tensor {
  const fused = spanOf(groups) === groups;
  // All but the last two messages are added one pair at a time.
  const apart = fused ? Math.max(0, Math.ceil(messages.length / 2) * 2 - 2) : messages.length;
  const x = addMessages(scores, messages.slice(0, apart), pixels, groups, packing.v);
  const q = fused
    ? slice(x, messages.slice(apart), pixels, groups, packing, halves ? "halves" : "whole")
    : softmax(x, pixels, groups, packing.q);
  if (x !== scores) x.release();
  return q;
}

/** Scores plus the messages sliced at every pixel; the scores themselves where there are none. */
export function addMessages(
  scores: Tensor,
  messages: readonly Message[],
  pixels: number,
  groups: number,
  packed: boolean = false,
): Tensor {
  let x = scores;
  for (let done = 0; done < messages.length; done += 2) {
    const pair = messages.slice(done, done + 2);
    const next = slice(x, pair, pixels, groups, { v: packed, q: false });
    if (x !== scores) x.release();
    x = next;
  }
  return x;
}

function slice(
  scores: Tensor,
  [a, b]: readonly (Message | undefined)[],
  pixels: number,
  groups: number,
  packing: Packing,
  softmaxOver?: "whole" | "halves",
): Tensor {
  const { device } = scores;
  const span = spanOf(groups);
  const q = empty(device, [pixels * (packing.q ? packedTexels(groups) : groups), 4]);
  const size = pixels * groups / span;
  const corners = (message?: Message) => message ? message.dims + 1 : 0;
  device.run(
    update,
    {
      scores,
      slices0: a?.slices ?? scores,
      v0: a?.v ?? scores,
      slices1: (b ?? a)?.slices ?? scores, // any buffer will do
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
        SOFTMAX: Number(softmaxOver !== undefined),
        HALVES: Number(softmaxOver === "halves"),
        PACKED_V: Number(packing.v),
        PACKED_Q: Number(packing.q),
      },
    },
  );
  return q;
}

function softmax(scores: Tensor, pixels: number, groups: number, packed: boolean): Tensor {
  const { device } = scores;
  const q = empty(device, [pixels * (packed ? packedTexels(groups) : groups), 4]);
  device.run(softmaxKernel, { scores, q }, {
    params: { pixels },
    threads: pixels,
    overrides: { GROUPS: groups, SPAN: spanOf(groups), PACKED_Q: Number(packed) },
  });
  return q;
}
