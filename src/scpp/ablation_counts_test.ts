// The ladder worked out by hand: a photograph of 2x3 pixels, one of them void, and one of a single
// pixel at which neither mask is right.
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Random } from "../data/random.ts";
import { AblationCounts } from "./ablation_counts.ts";
import type { AblationInput } from "./ablation_input.ts";
import { ABLATIONS } from "./ablations.ts";

/** The input of a photograph; where `take` is positive the predictions speak for the advice. */
function input(
  truth: number[],
  knowledge: number[],
  advice: number[],
  take: number[],
  flags = [0, 0, 0],
): AblationInput {
  const [truthBytes, K, A] = [truth, knowledge, advice].map((mask) => Uint8Array.from(mask));
  return {
    knowledge: K,
    advice: A,
    fromK: Float32Array.from(take),
    fromA: Float32Array.from(take, (logit) => -logit),
    flags: Uint8Array.from(flags),
    truth: truthBytes,
    random: new Random("test"),
  };
}

const large = input(
  [0, 1, 1, 2, 255, 0],
  [0, 1, 0, 2, 0, 0],
  [1, 1, 1, 0, 1, 0],
  [-3, 0, 3, 3, 3, 0], // the method: 0 1 1 0 1 0
);
const small = input([2], [0], [1], [-3]); // the method: 0

Deno.test("the ladder by hand: shares, IoU of each row, the gap that is closed", () => {
  const counts = new AblationCounts(3, new Map([["large", ["thin"]]]));
  counts.add("large", large);
  counts.add("small", small);
  const classes = ["background", "cat", "dog"];
  const all = counts.result(classes, [], 2);
  assertEquals([all.images, all.classes], [2, classes]);
  const near = (is: number, should: number) => assertAlmostEquals(is, should, 1e-12);
  near(all.differing, 4 / 6);
  near(all.choice.advice, 1 / 3); // of the three pixels at which one is right
  near(all.choice.method, 2 / 3);
  const row = (name: string, of = all) => of.rows.find((row) => row.name === name)!;
  const wanted: [name: string, iou: number[], accuracy: number][] = [
    ["knowledge", [2 / 4, 1 / 2, 1 / 2], 4 / 6],
    ["advice (CRF)", [1 / 3, 2 / 4, 0], 3 / 6],
    ["refined 0.1/0.1", [2 / 4, 1, 0], 4 / 6],
    ["exchanged 0.1/0.1", [1 / 3, 1 / 4, 1 / 2], 3 / 6],
    ["oracle choice", [2 / 3, 1, 1 / 2], 5 / 6],
  ];
  for (const [name, iou, accuracy] of wanted) {
    const { meanIou, meanIouOver, pixelAccuracy, ...own } = row(name);
    iou.forEach((value, c) => near(own.iou[c], value));
    near(meanIou, (iou[0] + iou[1] + iou[2]) / 3);
    near(meanIouOver, meanIou);
    near(pixelAccuracy, accuracy);
  }
  near(all.gapClosed, 0); // all three: the method has 1/2 as the knowledge has
  const some = counts.result(classes, [0, 1], 2);
  near(row("refined 0.1/0.1", some).meanIouOver, 3 / 4);
  near(some.gapClosed, (3 / 4 - 1 / 2) / (5 / 6 - 1 / 2));
  assertEquals(Object.keys(all.kinds), ["thin"]);
  [13 / 18, 1 / 3, 5 / 9].forEach((iou, i) => near(all.kinds.thin[i], iou));
});

Deno.test("every ablation makes the mask that its name says", () => {
  // Flags of class 2; logits of the change 1 and -1, which the flag outweighs.
  const from = input([0, 0, 0, 0], [2, 0, 1, 0], [0, 2, 0, 1], [1, -1, -1, 1], [0, 0, 1]);
  const mask = (name: string) => [...ABLATIONS.find((own) => own.name === name)!.mask(from)];
  assertEquals(mask("knowledge"), [2, 0, 1, 0]);
  assertEquals(mask("advice (CRF)"), [0, 2, 0, 1]);
  assertEquals(mask("refined 0.1/0.1"), [2, 2, 1, 1]);
  assertEquals(mask("no flags 0.1/0.1"), [0, 0, 1, 1]);
  assertEquals(mask("flags alone 0.1/0.1"), [2, 2, 0, 1]); // w = 0.2 - 1, 1, 0.2, and 0: a tie
  assertEquals(mask("exchanged 0.1/0.1"), [2, 2, 0, 0]);
  assertEquals(mask("refined -0.4/0"), [2, 2, 1, 1]); // 0.46 - 0.4 is left at the last
  assertEquals(mask("oracle choice"), [0, 0, 0, 0]);
  const coin = mask("random choice");
  coin.forEach((label, u) =>
    assertEquals([from.knowledge[u], from.advice[u]].includes(label), true)
  );
  const many = { ...from, knowledge: new Uint8Array(1000), advice: new Uint8Array(1000).fill(1) };
  const ones = ABLATIONS.find(({ name }) => name === "random choice")!.mask(many)
    .reduce((sum, label) => sum + label, 0);
  assertEquals(ones > 430 && ones < 570, true, `${ones} of 1000`);
  assertEquals(ABLATIONS.map(({ name }) => name).slice(3, 9), [
    ...["refined -0.4/0", "refined 0/0", "refined 0.1/0", "refined 0.4/0", "refined 0.4/0.4"],
    "refined 0.8/0",
  ]);
});
