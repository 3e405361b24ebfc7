import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { augment, randomView } from "./augment.ts";
import type { AugmentOptions, Example } from "./augment.ts";
import { standardJitter } from "./color_jitter.ts";
import { Random } from "../random.ts";
import { resizeAntialiased } from "../images/resize_antialiased.ts";

/** A picture whose red rises to the right and green downwards; maps and masks say the same. */
function gradients(): Required<Example> {
  const [width, height] = [48, 40];
  const at = (i: number) => [(i % width + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
  const image = new Uint8Array(width * height * 3);
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) {
    const [x, y] = at(i);
    image.set([255 * x, 255 * y, 0], i * 3);
    mask[i] = (x > 0.5 ? 1 : 0) + (y > 0.5 ? 2 : 0);
  }
  // Score maps at an eighth of the resolution, two channels: the place across and down.
  const coarse = (channels: (x: number, y: number) => number[]) => {
    const cells = Array.from(
      { length: 30 },
      (_, i) => [(i % 6 + 0.5) / 6, ((i / 6 | 0) + 0.5) / 5],
    );
    const rows = cells.map(([x, y]) => channels(x, y));
    const data = Float32Array.from([0, 1].flatMap((c) => rows.map((row) => row[c])));
    return { channels: 2, height: 5, width: 6, data };
  };
  return {
    image: { width, height, data: image },
    maps: [coarse((x, y) => [x, y]), coarse((x, y) => [1 - x, 1 - y])],
    masks: [{ width, height, data: mask }, { width, height, data: mask.map((v) => 3 - v) }],
  };
}

const options = { crop: 32, side: [32, 48] as const };

Deno.test("augment() shares flip, side and cut among image, maps and masks", () => {
  const example = gradients();
  let flips = 0;
  for (let seed = 0; seed < 20; seed++) {
    const { image, maps: [a, b], masks: [p, q] } = augment(new Random(seed), example, options);
    const n = 32 * 32;
    if (image.data[0] > image.data[31 * 3]) flips++;
    for (let i = 0; i < n; i++) {
      const [x, y] = [image.data[i * 3] / 255, image.data[i * 3 + 1] / 255];
      // The coarse maps are clamped beyond the centre of their outer cells.
      const near = (value: number, truth: number, rim: number) =>
        assertAlmostEquals(value, Math.min(1 - rim, Math.max(rim, truth)), 0.02);
      near(a.data[i], x, 1 / 12);
      near(a.data[n + i], y, 1 / 10);
      near(b.data[i], 1 - x, 1 / 12);
      near(b.data[n + i], 1 - y, 1 / 10);
      if (Math.abs(x - 0.5) > 0.03) assertEquals(p.data[i] & 1, x > 0.5 ? 1 : 0);
      if (Math.abs(y - 0.5) > 0.03) assertEquals(p.data[i] >> 1, y > 0.5 ? 1 : 0);
      assertEquals(q.data[i], 3 - p.data[i]);
    }
  }
  assert(flips > 3 && flips < 17, `${flips} of 20 flipped`);
});

Deno.test("augment() jitters the image alone, and only its colours", () => {
  const example = gradients();
  const plain = augment(new Random("j"), example, options);
  const jittered = augment(new Random("j"), example, { ...options, jitter: standardJitter });
  assertEquals(jittered.maps, plain.maps);
  assertEquals(jittered.masks, plain.masks);
  assert(jittered.image.data.some((value, i) => value !== plain.image.data[i]));
  assertEquals(jittered, augment(new Random("j"), example, { ...options, jitter: standardJitter }));
});

Deno.test("augment() leaves its input as it was", () => {
  const example = gradients();
  augment(new Random(1), example, { ...options, jitter: standardJitter });
  assertEquals(example, gradients());
});

const picture = { width: 12, height: 9 };
const draw = (options: AugmentOptions) => randomView(new Random(0), options, picture);

Deno.test("randomView() draws every side and place, and never leaves the picture", () => {
  const seen = { sides: new Set<number>(), left: new Set<number>() };
  const random = new Random("views");
  for (let i = 0; i < 300; i++) {
    const { width, height, crop } = randomView(random, { crop: 6, side: [6, 9] }, picture);
    assertEquals(width, height);
    assert(crop !== undefined && crop.x + 6 <= width && crop.y + 6 <= height);
    seen.sides.add(width);
    seen.left.add(crop.x);
  }
  assertEquals([...seen.sides].sort(), [6, 7, 8, 9]);
  assertEquals([...seen.left].sort(), [0, 1, 2, 3]);
  assertThrows(() => draw({ crop: 7, side: [6, 9] }), RangeError, "Cannot cut 7");
  assertThrows(() => draw({ crop: 6, side: [9, 8] }), RangeError, "square of side 9 to 8");
  assertThrows(() => draw({ crop: 6, longSide: [9, 8] }), RangeError, "long side 9 to 8");
  assertThrows(() => draw({ crop: 6.5 }), RangeError, "must be whole");
  assertThrows(() => draw({ crop: 6, side: [6, 6], longSide: [6, 6] }), RangeError, "give one");
});

Deno.test("randomView() with a long side keeps the aspect and puts a small picture anywhere", () => {
  const random = new Random("long");
  const seen = { long: new Set<number>(), left: new Set<number>(), top: new Set<number>() };
  for (let i = 0; i < 400; i++) {
    const view = randomView(random, { crop: 10, longSide: [8, 12] }, { width: 20, height: 9 });
    const crop = view.crop!;
    assertEquals([crop.width, crop.height], [10, 10]);
    assertEquals(view.height, Math.round(view.width * 9 / 20));
    assert(crop.y <= 0 && crop.y + 10 >= view.height, "a row is lost, though all would fit");
    if (view.width < 10) assert(crop.x <= 0 && crop.x + 10 >= view.width);
    else assert(crop.x >= 0 && crop.x + 10 <= view.width);
    seen.long.add(view.width);
    if (view.width === 12) seen.left.add(crop.x);
    if (view.height === 4) seen.top.add(crop.y);
  }
  const upright = { width: 9, height: 20 };
  const { width, height } = randomView(random, { crop: 10, longSide: [40, 40] }, upright);
  assertEquals([width, height], [18, 40]);
  const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b);
  assertEquals(sorted(seen.long), [8, 9, 10, 11, 12]);
  assertEquals(sorted(seen.left), [0, 1, 2]);
  assertEquals(sorted(seen.top), [-6, -5, -4, -3, -2, -1, 0]);
});

/** A picture whose pixels say where they are, with a mask and a map that say the same. */
function places(width: number, height: number): Required<Example> {
  const at = Array.from({ length: width * height }, (_, i) => [i % width + 1, (i / width | 0) + 1]);
  const index = Uint8Array.from(at, ([x, y]) => x + width * (y - 1));
  return {
    image: { width, height, data: Uint8Array.from(at.flatMap(([x, y]) => [x, y, 7])) },
    maps: [{ channels: 1, width, height, data: Float32Array.from(index) }],
    masks: [{ width, height, data: index }],
  };
}

Deno.test("augment() without resizing moves pixels and pads the rest, all alike", () => {
  // Wider than the crop, and not as high: columns are cut, rows are padded.
  const example = places(11, 5);
  const seen = { flipped: 0, lefts: new Set<number>(), tops: new Set<number>() };
  for (let seed = 0; seed < 60; seed++) {
    const { image, maps: [map], masks: [mask], view } = augment(new Random(seed), example, {
      crop: 8,
    });
    const { x: left, y: top } = view.crop!;
    assertEquals([image.width, image.height, map.width, mask.height], [8, 8, 8, 8]);
    for (let i = 0; i < 64; i++) {
      const [column, row] = [left + i % 8, top + (i / 8 | 0)];
      const inside = row >= 0 && row < 5;
      const from = (view.flip ? 10 - column : column) + 11 * row + 1;
      assertEquals(mask.data[i], inside ? from : 255);
      assertEquals(map.data[i], inside ? from : 0);
      const [red, green] = image.data.subarray(3 * i);
      assertEquals(red + 11 * (green - 1), inside ? from : -11);
    }
    seen.flipped += view.flip ? 1 : 0;
    seen.lefts.add(left);
    seen.tops.add(top);
  }
  assertEquals([seen.lefts.size, seen.tops.size], [4, 4]);
  assert(seen.flipped > 15 && seen.flipped < 45, `${seen.flipped} of 60 flipped`);
});

Deno.test("augment() with a long side resizes the image bicubically, as a whole, before the cut", () => {
  const random = new Random("bicubic");
  const data = Uint8Array.from({ length: 12 * 10 * 3 }, () => random.integer(256));
  const image = { width: 12, height: 10, data };
  for (const [side, crop] of [[18, 9], [6, 9]]) {
    const options = { crop, longSide: [side, side] as const, flip: 1 };
    const { image: cut, view } = augment(new Random(side), { image }, options);
    assertEquals([view.width, view.height], [side, side * 10 / 12]);
    const whole = resizeAntialiased(image, view.width, view.height, "bicubic");
    const { x, y } = view.crop!;
    for (let i = 0; i < crop * crop; i++) {
      const [column, row] = [side - 1 - (x + i % crop), y + (i / crop | 0)];
      const inside = column >= 0 && column < side && row >= 0 && row < view.height;
      const at = 3 * (row * side + column);
      const expected = inside ? [...whole.data.subarray(at, at + 3)] : [0, 0, 0];
      assertEquals([...cut.data.subarray(3 * i, 3 * i + 3)], expected);
    }
  }
});
