import { assertEquals } from "@std/assert";
import { collapsedClasses, integrate } from "./integration.ts";

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
  const flags = collapsedClasses(K, A, [1, 2], 3);
  assertEquals([...flags], [0, 1, 0]);
  const [certain, never] = [new Float32Array(5).fill(9), new Float32Array(5).fill(-9)];
  const biases = { difference: 0, background: 0 };
  // w = 0.9998 - 1 for the first three: the flag alone outweighs the most certain prediction.
  assertEquals([...integrate(K, A, certain, never, flags, biases)], [1, 1, 1, 1, 2]);
});

Deno.test("half of the pixels is not a collapse; background never collapses", () => {
  assertEquals([...collapsedClasses(bytes(1, 1, 0, 0), bytes(1, 0, 1, 1), [1], 2)], [0, 0]);
  assertEquals([...collapsedClasses(bytes(0, 0, 0, 0), bytes(1, 1, 1, 0), [0, 1], 2)], [0, 0]);
  assertEquals([...collapsedClasses(bytes(1, 1, 1), bytes(0, 0, 1), [], 2)], [0, 0]);
  // A present class that neither mask shows: 0 / max(0, 1) < 0.5, as in the published code.
  assertEquals([...collapsedClasses(bytes(0, 0), bytes(0, 0), [1], 2)], [0, 1]);
});
