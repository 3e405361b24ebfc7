import { assertEquals } from "@std/assert";
import { onBothKernels } from "../../tests/check_op.ts";
import { read, readIndices, tensor } from "../tensor/mod.ts";
import {
  collapseFlags as collapseFlagsTensors,
  integrate as integrateTensors,
} from "../wgsl/mod.ts";
import { collapseFlags, fuse, integrate } from "./integration.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const floats = (...values: number[]) => new Float32Array(values);
const none = new Uint8Array(3);

Deno.test("advice is taken where the knowledge predicts the change, refused where it does", () => {
  const [K, A] = [bytes(0, 0, 1, 1), bytes(1, 1, 0, 1)];
  const [fromK, fromA] = [floats(3, -3, 3, -9), floats(-3, 3, -3, 9)];
  const biases = { difference: 0, background: 0 };
  assertEquals([...integrate(K, A, fromK, fromA, none, biases)], [1, 0, 0, 1]);
  // Exchanging the two logits must exchange every decision.
  assertEquals([...integrate(K, A, fromA, fromK, none, biases)], [0, 1, 1, 1]);
});

Deno.test("a tie takes the advice; the biases move it by their size", () => {
  const [K, A, zero] = [bytes(0, 1), bytes(1, 0), floats(0, 0)];
  const at = (
    difference: number,
    background: number,
  ) => [...integrate(K, A, zero, zero, none, { difference, background })];
  assertEquals(at(0, 0), [1, 0]);
  assertEquals(at(-0.01, 0), [0, 1]);
  assertEquals(at(0.1, 0.1), [1, 0]);
  assertEquals(at(0.1, 0.11), [0, 0]);
});

Deno.test("a collapsed class is kept wherever either mask says so", () => {
  const [K, A] = [bytes(1, 1, 1, 0, 2), bytes(0, 0, 0, 1, 2)];
  const flags = collapseFlags(K, A, [1, 2], 3);
  assertEquals([...flags], [0, 1, 0]);
  const [certain, never] = [new Float32Array(5).fill(9), new Float32Array(5).fill(-9)];
  const biases = { difference: 0, background: 0 };
  // w = 0.9998 - 1 for the first three: the flag alone outweighs the most certain prediction.
  assertEquals([...integrate(K, A, certain, never, flags, biases)], [1, 1, 1, 1, 2]);
});

Deno.test("half of the pixels is not a collapse; background never collapses", () => {
  assertEquals([...collapseFlags(bytes(1, 1, 0, 0), bytes(1, 0, 1, 1), [1], 2)], [0, 0]);
  assertEquals([...collapseFlags(bytes(0, 0, 0, 0), bytes(1, 1, 1, 0), [0, 1], 2)], [0, 0]);
  assertEquals([...collapseFlags(bytes(1, 1, 1), bytes(0, 0, 1), [], 2)], [0, 0]);
  // A present class that neither mask shows: 0 / max(0, 1) < 0.5, as in the published code.
  assertEquals([...collapseFlags(bytes(0, 0), bytes(0, 0), [1], 2)], [0, 1]);
});

Deno.test("arrays and tensors are flagged and integrated alike, ties and thresholds too", async () => {
  // Every pair of labels with every pair of logits.
  const [labels, logits] = [[0, 1, 2, 255], [-2, 0, 2]];
  const pixels = labels.flatMap((k) =>
    labels.flatMap((a) => logits.flatMap((dk) => logits.map((da) => [k, a, dk, da])))
  );
  const [K, A] = [0, 1].map((i) => Uint8Array.from(pixels, (pixel) => pixel[i]));
  const [dK, dA] = [2, 3].map((i) => Float32Array.from(pixels, (pixel) => pixel[i]));
  await onBothKernels(async (device) => {
    const [h, w] = [9, pixels.length / 9];
    const [tensorK, tensorA] = [K, A].map((x) => tensor(device, Uint32Array.from(x), [1, h, w]));
    const [tensorDK, tensorDA] = [dK, dA].map((x) => tensor(device, x, [1, 1, h, w]));
    const shown = tensor(device, Uint32Array.of(1, 0, 1), [1, 3]);
    // Both masks have as much of class 1, and nothing of class 3.
    for (const [threshold, wanted] of [[1, [0, 0, 0, 1]], [1.01, [0, 1, 0, 1]]] as const) {
      const flags = collapseFlags(K, A, [1, 3], 4, { threshold });
      const tensorFlags = collapseFlagsTensors(tensorK, tensorA, shown, { threshold });
      assertEquals([...flags], [...wanted]);
      assertEquals([...await read(tensorFlags)], [...wanted]);
      for (
        const biases of [
          { difference: 0, background: 0 },
          { difference: -0.3, background: 0.7, flag: 0.4 },
        ]
      ) {
        const masks = [tensorK, tensorA, tensorDK, tensorDA, tensorFlags] as const;
        const refined = await readIndices(integrateTensors(...masks, biases));
        assertEquals([...refined], [...integrate(K, A, dK, dA, flags, biases)]);
      }
    }
  });
});

/** What is predicted with a probability. */
const logit = (p: number) => Math.log(p / (1 - p));

Deno.test("of several advisers each votes with its credibility, by hand", () => {
  const K = { mask: bytes(0, 0, 0, 1, 1), change: floats(...[0.5, 0.5, 0.5, 0.5, 0.9].map(logit)) };
  const first = {
    mask: bytes(1, 1, 0, 0, 2),
    change: floats(...[0.2, 0.6, 0.1, 0.3, 0.5].map(logit)),
    flags: bytes(0, 1, 0), // it has deleted class 1
  };
  const second = {
    mask: bytes(2, 2, 2, 2, 2),
    change: floats(...[0.3, 0.7, 0.4, 0.4, 0.7].map(logit)),
    flags: bytes(0, 0, 0),
  };
  const biases = { difference: 0, background: 0, flag: 0 };
  //  u   votes of K, first, second   taken
  //  0   0.5 for 0   0.8 for 1   0.7 for 2    1
  //  1   0.5 for 0   0.4 for 1   0.3 for 2    0
  //  2   0.5 and 0.9 for 0       0.6 for 2    0
  //  3   0.5 for 1   0.7 for 0   0.6 for 2    0
  //  4   0.1 for 1   0.5 and 0.3 for 2        2
  assertEquals([...fuse(K, [first, second], biases)], [1, 0, 0, 0, 2]);
  // The order matters in a tie alone.
  assertEquals([...fuse(K, [second, first], biases)], [1, 0, 0, 0, 2]);
  const tied = { ...first, change: second.change };
  assertEquals([...fuse(K, [second, tied], biases)], [2, 0, 0, 2, 2]);
  // A bias of 0.15 admits the first at u = 1 (0.55), not the second (0.45).
  assertEquals([...fuse(K, [second, first], { ...biases, difference: 0.15 })], [1, 1, 0, 0, 2]);
  // One adviser of two deletes class 1, which half a flag protects: at u = 1 and 3, not at 4 (0.6).
  assertEquals([...fuse(K, [first, second], { ...biases, flag: 1 })], [1, 1, 0, 1, 2]);
  // If the flags of the first protect class 1, whatever the second's do; and if they protect another.
  const own = (...protects: number[][]) => ({ ...biases, flag: 1, protects });
  assertEquals([...fuse(K, [first, second], own([1], []))], [1, 1, 0, 1, 2]);
  assertEquals([...fuse(K, [first, second], own([2], [1]))], [1, 0, 0, 0, 2]);
  // A bias of 0.25 against the background admits the first at u = 1 and refuses it at 3.
  assertEquals([...fuse(K, [first, second], { ...biases, background: -0.25 })], [1, 1, 0, 2, 2]);
  // Two that agree outvote a surer one: 0.7 and 0.7 against 0.8 at u = 0, 0.3 twice against 0.5 at 1.
  assertEquals([...fuse(K, [first, second, second], biases)], [2, 2, 0, 2, 2]);
  // Each of their votes has the bias: 0.24 twice at u = 1.
  const against = { ...biases, difference: -0.06 };
  assertEquals([...fuse(K, [first, second, second], against)], [2, 0, 0, 2, 2]);
});
