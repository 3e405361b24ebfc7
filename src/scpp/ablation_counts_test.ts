import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Random } from "../data/random.ts";
import { AblationCounts } from "./ablation_counts.ts";

const CLASSES = ["background", "cat", "dog"];
const random = new Random(1);
const [never, certain] = [-40, 40]; // logits of the probabilities 0 and 1
const seventy = Math.log(0.7 / 0.3); // and of 0.7

/**
 * A mask of two rows and three columns, with one void pixel. Where knowledge and advice differ, the
 * predictions' difference s(dK) - s(dA) is -1, 0.3, -0.5, -1.
 */
const SMALL = {
  truth: Uint8Array.of(0, 1, 1, 2, 2, 255),
  knowledge: Uint8Array.of(0, 0, 2, 0, 2, 1),
  fromK: Float32Array.of(never, certain, 0, never, 0, 0),
  advisers: [{
    mask: Uint8Array.of(1, 1, 1, 2, 2, 0),
    change: Float32Array.of(certain, seventy, certain, certain, 0, 0),
    flags: Uint8Array.of(0, 0, 0),
  }],
  random,
};

/** The advice deletes class 1, which the flag keeps; the predictions' difference is 0.5. */
const COLLAPSED = {
  truth: Uint8Array.of(1, 0),
  knowledge: Uint8Array.of(1, 0),
  fromK: Float32Array.of(0, 0),
  advisers: [{
    mask: Uint8Array.of(0, 0),
    change: Float32Array.of(never, 0),
    flags: Uint8Array.of(0, 1, 0),
  }],
  random,
};

/** Mean IoU by the name of the row, but of the coin. */
function means(rows: readonly { readonly name: string; readonly meanIou: number }[]) {
  return Object.fromEntries(
    rows.filter(({ name }) => name !== "random choice").map(({ name, meanIou }) => [name, meanIou]),
  );
}

function assertMeans(got: Record<string, number>, wanted: Record<string, number>): void {
  assertEquals(Object.keys(got), Object.keys(wanted));
  for (const [name, value] of Object.entries(wanted)) {
    assertAlmostEquals(got[name], value, 1e-12, name);
  }
}

Deno.test("the ablations of a mask of 2x3, worked out by hand", () => {
  const counts = new AblationCounts(3, new Map());
  counts.add("a", SMALL);
  const result = counts.result(CLASSES, [], 1);
  // Of five pixels knowledge and advice differ in four. One of the two is always right: the advice in
  // three, the method, which makes 0 1 2 0 2 of the mask, in two.
  assertEquals(result.differing, 4 / 5);
  assertEquals(result.choice, { method: 2 / 4, advice: 3 / 4 });
  assertMeans(means(result.rows), {
    "knowledge": (1 / 3 + 0 + 1 / 3) / 3,
    "advice (CRF)": (0 + 2 / 3 + 1) / 3,
    "refined 0.1/0.1": (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "refined -0.4/0": (1 / 3 + 0 + 1 / 3) / 3, // 0 0 2 0 2: the knowledge
    "refined 0/0": (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "refined 0.1/0": (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "refined 0.4/0": (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "refined 0.4/0.4": (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "refined 0.8/0": (1 / 2 + 1 + 1 / 2) / 3, // 0 1 1 0 2
    "no flags 0.1/0.1": (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "flags alone 0.1/0.1": (0 + 2 / 3 + 1) / 3, // the advice: ties take it
    "exchanged 0.1/0.1": (0 + 1 / 3 + 1) / 3, // 1 0 1 2 2
    "oracle choice": 1,
  });
  const [knowledge, advice, method] = result.rows;
  assertEquals([knowledge, advice, method].map((row) => row.pixelAccuracy), [2 / 5, 4 / 5, 3 / 5]);
  assertEquals(method.iou, [1 / 2, 1 / 2, 1 / 3]);
  // (4/9 - 5/9) / (1 - 5/9), the advice being the better input.
  assertAlmostEquals(result.gapClosed, -1 / 4, 1e-12);
  const over = counts.result(CLASSES, [1, 2], 1);
  for (const [i, mean] of [1 / 6, 5 / 6, 5 / 12].entries()) {
    assertAlmostEquals(over.rows[i].meanIouOver, mean, 1e-12);
  }
  // (5/12 - 5/6) / (1 - 5/6)
  assertAlmostEquals(over.gapClosed, -5 / 2, 1e-12);
});

Deno.test("the gap is measured from the knowledge where that is the better input", () => {
  const counts = new AblationCounts(3, new Map());
  const { knowledge: mask, advisers: [{ mask: knowledge, ...own }], ...rest } = SMALL;
  counts.add("a", { ...rest, knowledge, advisers: [{ ...own, mask }] });
  const { gapClosed, choice, rows } = counts.result(CLASSES, [], 1);
  // The method makes 1 0 1 2 2 of the mask, for it takes what was the knowledge in the second pixel.
  assertAlmostEquals(rows[2].meanIou, 4 / 9, 1e-12);
  assertEquals(choice, { method: 2 / 4, advice: 1 / 4 });
  assertAlmostEquals(gapClosed, -1 / 4, 1e-12);
});

Deno.test("flags keep a class; kinds have figures of their own; photographs add up", () => {
  const kinds = new Map([["b", ["thin", "plain"]], ["c", ["thin"]]]);
  const counts = new AblationCounts(3, kinds);
  counts.add("b", COLLAPSED);
  const alone = counts.result(CLASSES, [], 1);
  const deleted = (1 / 2 + 0) / 2;
  assertMeans(means(alone.rows), {
    "knowledge": 1,
    "advice (CRF)": deleted,
    "refined 0.1/0.1": 1,
    "refined -0.4/0": 1,
    "refined 0/0": 1,
    "refined 0.1/0": 1,
    "refined 0.4/0": 1,
    "refined 0.4/0.4": deleted,
    "refined 0.8/0": deleted,
    "no flags 0.1/0.1": deleted,
    "flags alone 0.1/0.1": 1,
    "exchanged 0.1/0.1": 1,
    "oracle choice": 1,
  });
  assertEquals(alone.choice, { method: 1, advice: 0 });
  assertEquals(alone.kinds, { thin: [1, deleted, 1], plain: [1, deleted, 1] });
  counts.add("a", SMALL);
  // In this one neither is right, so that nobody's choice counts.
  const [{ mask, change }] = COLLAPSED.advisers;
  const [{ flags }] = SMALL.advisers;
  const advisers = [{ mask, change, flags }];
  counts.add("c", { ...COLLAPSED, truth: Uint8Array.of(2, 0), advisers });
  const all = counts.result(CLASSES, [], 3);
  assertEquals([all.images, all.differing], [3, 6 / 9]);
  assertEquals(all.choice, { method: 3 / 5, advice: 3 / 5 });
  assertEquals(all.kinds.plain, [1, deleted, 1]);
  // The truth of "thin" is 1 0 2 0; knowledge, advice and method say 1 0 1 0, 0 0 0 0 and 1 0 0 0.
  const thin = [(1 + 1 / 2 + 0) / 3, (1 / 2 + 0 + 0) / 3, (2 / 3 + 1 + 0) / 3];
  thin.forEach((value, i) => assertAlmostEquals(all.kinds.thin[i], value, 1e-12));
});

Deno.test("of several advisers each has its rows, and the best input is any of them, by hand", () => {
  const counts = new AblationCounts(3, new Map(), ["crf", "net"]);
  const even = new Float32Array(4);
  const flags = new Uint8Array(3);
  counts.add("a", {
    truth: Uint8Array.of(0, 1, 1, 2),
    knowledge: Uint8Array.of(0, 1, 0, 0),
    fromK: even,
    advisers: [
      // Where K and the first differ, its w is 0.5 and -0.5 at 0.1/0.1; that of the second 0 and -0.2.
      { mask: Uint8Array.of(0, 1, 1, 1), change: Float32Array.of(0, 0, never, certain), flags },
      { mask: Uint8Array.of(1, 1, 1, 2), change: Float32Array.of(certain, 0, 0, seventy), flags },
    ],
    random,
  });
  const { rows, choice, differing, gapClosed } = counts.result(CLASSES, [], 1);
  const mean = (name: string) => rows.find((row) => row.name === name)!.meanIou;
  assertEquals(rows.slice(0, 6).map(({ name }) => name), [
    ...["knowledge", "advice crf", "advice net", "refined 0.1/0.1"],
    ...["crf alone 0.1/0.1", "net alone 0.1/0.1"],
  ]);
  assertEquals(mean("knowledge"), (1 / 3 + 1 / 2 + 0) / 3);
  assertAlmostEquals(mean("advice crf"), (1 + 2 / 3 + 0) / 3, 1e-12);
  assertAlmostEquals(mean("advice net"), (0 + 2 / 3 + 1) / 3, 1e-12);
  // 0 1 1 0: at the last both are refused.
  assertAlmostEquals(mean("refined 0.1/0.1"), (1 / 2 + 1 + 0) / 3, 1e-12);
  assertAlmostEquals(mean("crf alone 0.1/0.1"), (1 / 2 + 1 + 0) / 3, 1e-12);
  // Without the bias for the background the second has -0.2 + 0.4 there, more than the first.
  assertEquals(mean("refined 0.4/0"), 1);
  assertEquals(mean("oracle choice"), 1);
  assertEquals(differing, 3 / 4);
  assertEquals(choice, { method: 2 / 3, advice: 2 / 3 });
  assertAlmostEquals(gapClosed, ((1 / 2 + 1) / 3 - 5 / 9) / (1 - 5 / 9), 1e-12);
});
