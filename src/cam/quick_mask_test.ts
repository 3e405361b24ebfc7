import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ScoreMap } from "../data/scores/cam.ts";
import type { Mask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { accumulate, confusion } from "../eval/confusion.ts";
import { accumulateSweep, bestScores, quickMask } from "./quick_mask.ts";
import { Sweep } from "./sweep.ts";

const random = new Random("quick masks");
const map = (width: number, height: number): ScoreMap => ({
  width,
  height,
  data: Float32Array.from({ length: width * height }, () => random.next()),
});
const size = { width: 11, height: 6 };

Deno.test("a quick mask has the best class where its score is above the background's", () => {
  const maps = new Map([
    [2, { width: 3, height: 1, data: Float32Array.of(0.9, 0.2, 0.5) }],
    [5, { width: 3, height: 1, data: Float32Array.of(0.8, 0.25, 0.51) }],
  ]);
  const best = bestScores(maps, { width: 3, height: 1 });
  assertEquals([...quickMask(best, 0.25).data], [2, 0, 5]);
  assertEquals([...quickMask(best, 0.2).data], [2, 5, 5]);
  assertEquals([...quickMask(bestScores(new Map(), size), 0).data], new Array(66).fill(0));
});

Deno.test("sparse seeds leave open what is neither surely a class nor surely background", () => {
  const data = Float32Array.of(0.1, 0.2, 0.4, 0.5, 0.9);
  const best = bestScores(new Map([[3, { width: 5, height: 1, data }]]), { width: 5, height: 1 });
  const [low, high] = [data[1], data[3]];
  assertEquals([...quickMask(best, low, high).data], [0, 0, 255, 255, 3]);
  assertEquals(quickMask(best, low, low), quickMask(best, low));
});

Deno.test("small maps are enlarged to the photograph", () => {
  const maps = new Map([[1, { width: 2, height: 1, data: Float32Array.of(0, 1) }]]);
  const { scores } = bestScores(maps, { width: 4, height: 2 });
  assertEquals([...scores], [0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1]);
});

Deno.test("a sweep counts what the quick masks of each score would give", () => {
  const backgrounds = [0.2, 0.5, 0.9];
  const swept = backgrounds.map(() => confusion(4));
  const wanted = backgrounds.map(() => confusion(4));
  for (let image = 0; image < 3; image++) {
    const best = bestScores(new Map([[1, map(5, 3)], [3, map(5, 3)]]), size);
    const data = Uint8Array.from({ length: 66 }, () => [0, 1, 2, 3, 255][random.integer(5)]);
    const truth: Mask = { ...size, data };
    accumulateSweep(swept, truth, best, backgrounds);
    wanted.forEach((counts, k) => accumulate(counts, truth, quickMask(best, backgrounds[k]), "m"));
  }
  assertEquals(swept, wanted);
  assert(swept[0].counts[0] < swept[2].counts[0], "a higher score leaves more background");
  const best = bestScores(new Map(), { width: 2, height: 2 });
  const truth = { ...size, data: new Uint8Array(66) };
  assertThrows(() => accumulateSweep(swept, truth, best, backgrounds), TypeError, "2x2 pixels");
  assertThrows(
    () => accumulateSweep(swept, { ...best, data: new Uint8Array(4) }, best, [1]),
    TypeError,
  );
});

Deno.test("the best background score is the one of the highest mean IoU", () => {
  const sweep = new Sweep(["background", "cat", "dog"]);
  const truth = { width: 4, height: 1, data: Uint8Array.of(0, 0, 1, 1) };
  const data = Float32Array.of(0.1, 0.32, 0.62, 0.9);
  sweep.add(truth, bestScores(new Map([[1, { width: 4, height: 1, data }]]), truth), "a");
  const { best, rows, images } = sweep.report();
  assertEquals([best, images], [0.35, 1]);
  const at = (background: number) => rows.find((row) => row.background === background)!;
  assertEquals(at(0.35), { background: 0.35, meanIou: 1, iou: [1, 1, null] });
  assertEquals(at(0.2).iou, [1 / 2, 2 / 3, null]);
  const lines = sweep.lines();
  assert(lines.some((line) => /^0\.35 100\.00 {2}best$/.test(line)), lines.join("\n"));
  assert(!lines.some((line) => line.startsWith("dog")), "what is nowhere is left out");
});
