import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { augment, randomView } from "./augment.ts";
import type { Example } from "./augment.ts";
import { standardJitter } from "./color_jitter.ts";
import { Random } from "./random.ts";

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

Deno.test("randomView() draws every side and place, and never leaves the picture", () => {
  const seen = { sides: new Set<number>(), left: new Set<number>() };
  const random = new Random("views");
  for (let i = 0; i < 300; i++) {
    const { width, height, crop } = randomView(random, { crop: 6, side: [6, 9] });
    assertEquals(width, height);
    assert(crop !== undefined && crop.x + 6 <= width && crop.y + 6 <= height);
    seen.sides.add(width);
    seen.left.add(crop.x);
  }
  assertEquals([...seen.sides].sort(), [6, 7, 8, 9]);
  assertEquals([...seen.left].sort(), [0, 1, 2, 3]);
  assertThrows(() => randomView(random, { crop: 7, side: [6, 9] }), RangeError, "Cannot cut 7");
  assertThrows(() => randomView(random, { crop: 6, side: [9, 8] }), RangeError);
});
