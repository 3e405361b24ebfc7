import { assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Decision } from "../../data/decisions/decision.ts";
import { standingOf } from "../../data/decisions/read_decisions.ts";
import { writeMask } from "../../data/masks/mask.ts";
import { rankRegions, readMasks, type ReviewItem } from "./region_pool.ts";
import { Review } from "./review.ts";
import { simulateReview } from "./simulate.ts";

const CLASSES = ["background", "cat", "dog"];
const [WIDTH, HEIGHT] = [6, 2];

/** Two photographs: regions of 4 and 1 pixels in the first, of 3 in the second. */
const MASKS = {
  a: { knowledge: "111100000002", advice: "000000000000", truth: "111000000000" },
  b: { knowledge: "000000222000", advice: "000000000000", truth: "000000111000" },
};

async function withItems(
  test: (items: readonly ReviewItem[]) => Promise<void>,
  doubt?: Readonly<Record<string, number>>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const items: ReviewItem[] = [];
    for (const [id, masks] of Object.entries(MASKS)) {
      const paths = { knowledge: "", advice: "", truth: "" };
      for (const [name, digits] of Object.entries(masks)) {
        const path = join(folder, `${id}-${name}.png`);
        const data = Uint8Array.from(digits, Number);
        await writeMask(path, { width: WIDTH, height: HEIGHT, data });
        paths[name as keyof typeof paths] = path;
      }
      // Logits that leave this much doubt at every pixel: s(dK) = 1 - doubt, s(dA) = 0.
      const logit = doubt && Math.log((1 - doubt[id]) / doubt[id]);
      const data = new Float32Array(2 * WIDTH * HEIGHT).fill(-40)
        .fill(logit ?? 0, 0, WIDTH * HEIGHT);
      const changes = () => Promise.resolve({ channels: 2, width: WIDTH, height: HEIGHT, data });
      items.push({ id, image: "", ...paths, labels: [1, 2], ...(doubt && { changes }) });
    }
    await test(items);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const rank = (items: readonly ReviewItem[], options = {}) =>
  rankRegions(items, CLASSES.length, { least: 1, gain: "pixels", ...options }, () => {});

Deno.test("rankRegions: area times doubt; as IoU, pixels of rare classes first", async () => {
  const found = async (items: readonly ReviewItem[], options = {}) =>
    (await rank(items, options)).map(({ item, gain, region }) => [item, region.area, gain]);
  await withItems(async (items) => {
    assertEquals(await found(items), [[0, 4, 4], [1, 3, 3], [0, 1, 1]]);
    assertEquals(await found(items, { least: 2 }), [[0, 4, 4], [1, 3, 3]]);
    // Cat has 4 pixels in the knowledge and none in the advice, 2 on average; dog likewise 2.
    const background = (7 + 9 + 24) / 2;
    const [one, two, three] = await found(items, { gain: "iou" });
    assertAlmostEquals(one[2], 4 * (1 / 2 + 1 / background), 1e-9);
    assertAlmostEquals(two[2], 3 * (1 / 2 + 1 / background), 1e-9);
    assertEquals([one[1], two[1], three[1]], [4, 3, 1]);
  });
  await withItems(async (items) => {
    const [[item, area, gain], [, , next]] = await found(items);
    assertEquals([item, area], [1, 3]);
    assertAlmostEquals(gain, 3 * 0.9, 1e-6);
    assertAlmostEquals(next, 4 * 0.1, 1e-6);
  }, { a: 0.1, b: 0.9 });
});

Deno.test("a review shows each region once, keeps those of others, and goes on where it was", () =>
  withItems(async (items) => {
    const lines: string[] = [];
    const set = { items, classes: CLASSES, candidates: await rank(items) };
    const review = new Review(set, [], (line) => lines.push(line));
    const next = (name: string, now?: number) => review.next(name, now)?.number;
    const decisions = () => lines.map((line): Decision => JSON.parse(line));
    assertEquals([next("anna", 0), next("berta", 0), next("anna", 0)], [0, 1, 0]);
    assertEquals(next("carl", 0), 2);
    assertEquals(next("dora", 0), undefined, "all are before others");
    assertEquals(next("dora", 11 * 60_000), 0, "who left a region for long has lost it");
    const now = new Date(0);
    const chosen = { number: 0, choice: "knowledge", drawn: [] } as const;
    assertEquals(await review.decide(chosen, "anna", now), undefined);
    const [first] = decisions();
    assertEquals([first.photograph, first.size, first.choice], ["a", [6, 2], "knowledge"]);
    assertEquals(first.labels, [{ class: 1, name: "cat", runs: [0, 4] }]);
    assertEquals([first.time, first.reviewer], ["1970-01-01T00:00:00.000Z", "anna"]);
    // What was drawn comes before what was chosen.
    const drawn = [{ class: 2, runs: [7, 1, 11, 1] }];
    await review.decide({ number: 1, choice: "background", drawn }, "berta", now);
    assertEquals(decisions()[1].labels, [
      { class: 0, name: "background", runs: [6, 1, 8, 1] },
      { class: 2, name: "dog", runs: [7, 1, 11, 1] },
    ]);
    await review.decide({ number: 2, choice: "skip", drawn: [] }, "anna", now);
    assertEquals(review.progress, { answered: 2, regions: 3, gained: 7 / 8 });
    assertEquals([next("anna", 1e9), next("berta", 1e9)], [undefined, 2]);
    // Another process goes on.
    const again = new Review(set, decisions(), (line) => lines.push(line));
    assertEquals([again.next("anna", 2e9), again.next("berta", 2e9)?.number], [undefined, 2]);
    assertEquals(again.undo("berta", now)?.number, 1);
    assertEquals(again.undo("berta", now), undefined);
    assertEquals(again.next("berta", 2e9)?.number, 1);
    assertEquals(standingOf(decisions()).map(({ choice }) => choice), ["knowledge", "skip"]);
    const before = lines.length;
    const refused = [
      { number: 9, choice: "advice", drawn: [] },
      { number: 1, choice: "method", drawn: [] },
      { number: 1, choice: "drawn", drawn: [] },
      { number: 1, choice: "drawn", drawn: [{ class: 3, runs: [0, 1] }] },
      { number: 1, choice: "drawn", drawn: [{ class: 1, runs: [11, 2] }] },
    ] as const;
    for (const answer of refused) assertEquals(typeof await again.decide(answer, "x"), "string");
    assertEquals(lines.length, before, "nothing is written of what is refused");
  }));

Deno.test("simulateReview: the truth answers, and only the answered regions change", () =>
  withItems(async (items) => {
    const candidates = await rank(items);
    const counts = [0, 1, 3];
    const simulated = (over?: readonly number[]) =>
      simulateReview({ items, classes: 3, candidates, counts, over }, () => {});
    const rows = await simulated();
    // The advice is background alone; then a cat of 4 pixels of which 3 are right.
    const [none, one] = [(18 / 24 + 0) / 2, (17 / 21 + 3 / 7) / 2];
    assertAlmostEquals(rows[0].ordered, none, 1e-9);
    assertAlmostEquals(rows[1].ordered, one, 1e-9);
    // What the knowledge takes for a dog is none: it stays background.
    assertAlmostEquals(rows[2].ordered, one, 1e-9);
    assertAlmostEquals(rows[2].random, one, 1e-9);
    assertEquals(rows[1].random < rows[1].ordered, true);
    assertAlmostEquals((await simulated([1]))[1].ordered, 3 / 7, 1e-9);
  }));

Deno.test("readMasks: the method's choice follows the change logits", () =>
  withItems(async ([item]) => {
    const { method, knowledge, advice } = await readMasks({ ...item, labels: [] }, 3);
    assertEquals(method?.data, advice.data);
    const data = new Float32Array(24).fill(-40, 0, 12).fill(40, 12);
    const changes = () => Promise.resolve({ channels: 2, width: 6, height: 2, data });
    const other = await readMasks({ ...item, changes }, 3);
    assertEquals(other.method?.data, knowledge.data);
    assertEquals(other.sure?.every((sure) => Math.abs(sure - 1) < 1e-6), true);
  }, { a: 0.1, b: 0.9 }));
