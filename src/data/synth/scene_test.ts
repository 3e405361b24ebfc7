import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { Random } from "../random.ts";
import { resizeMaps } from "../images/resize.ts";
import { scene } from "./scene.ts";
import type { Scene, SceneOptions } from "./scene.ts";
import { className } from "./appearance.ts";

function scenes(seed: string, count: number, options: SceneOptions = {}): Scene[] {
  return Array.from({ length: count }, (_, i) => scene(new Random(seed).fork(i), options));
}

Deno.test("scene() depends on the seed alone", () => {
  assertEquals(scene(new Random("a")), scene(new Random("a")));
  const [one, two] = scenes("a", 2);
  assert(one.image.data.some((value, i) => value !== two.image.data[i]));
});

Deno.test("scene() labels are exactly the classes of the truth, each with a seed map", () => {
  for (const made of scenes("labels", 60, { width: 72, height: 60, classes: 7 })) {
    const present = [...new Set(made.truth.data)].filter((c) => c > 0).sort((a, b) => a - b);
    assertEquals(made.labels, present);
    assertEquals([...made.cam.keys()], present);
    assert(present.every((index) => index >= 1 && index <= 7));
    assertEquals(made.image.data.length, 72 * 60 * 3);
    for (const { width, height, data } of made.cam.values()) {
      assertEquals([width, height, data.length], [9, 8, 72]);
      assert(data.every((value) => value >= 0 && value <= 1));
    }
  }
});

Deno.test("scene() kinds come at the rates asked for", () => {
  const rate = (options: SceneOptions, kind: keyof Scene["kinds"]) =>
    scenes("kinds", 100, { ...options, classes: 1 }).filter((made) => made.kinds[kind]).length;
  assertEquals(rate({ camouflage: 0 }, "camouflage"), 0);
  assertEquals(rate({ camouflage: 1 }, "camouflage"), 100);
  assert(Math.abs(rate({}, "camouflage") - 75) < 15);
  assert(Math.abs(rate({}, "twoToned") - 40) < 15);
  assert(Math.abs(rate({}, "thin") - 50) < 15);
  for (const made of scenes("plain", 50)) {
    const { camouflage, twoToned, thin, plain } = made.kinds;
    assertEquals(plain, !(camouflage || twoToned || thin));
  }
});

Deno.test("scene() seeds point at their object and are wrong at its edge", () => {
  let [inside, outside, right, all] = [0, 0, 0, 0];
  for (const { truth, cam } of scenes("cam", 60)) {
    for (const [index, maps] of cam) {
      const large = resizeMaps(maps.data, 1, maps.height, maps.width, 64, 64);
      for (let i = 0; i < large.length; i++) {
        if (truth.data[i] === index) inside += large[i];
        else outside += large[i];
        if (large[i] < 0.18) continue;
        all++;
        if (truth.data[i] === index) right++;
      }
    }
  }
  assertGreater(inside, outside * 0.8);
  assertGreater(right / all, 0.4);
  assertLess(right / all, 0.8);
});

Deno.test("camouflage puts the object's colour beside it, without its texture", () => {
  // The same scenes with and without: the nearest background comes closer in colour.
  const contrast = (camouflage: number) => {
    let sum = 0;
    const made = scenes("hidden", 60, { camouflage, classes: 1, twoToned: 0, noise: 0 });
    for (const { image, truth } of made) sum += edgeContrast(image.data, truth.data);
    return sum / made.length;
  };
  assertLess(contrast(1), 0.8 * contrast(0));
});

/** Mean colour difference of neighbours across the object's edge. */
function edgeContrast(rgb: Uint8Array, truth: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i + 3 < truth.length; i++) {
    if (i % 64 > 60 || (truth[i] > 0) === (truth[i + 3] > 0)) continue;
    for (let c = 0; c < 3; c++) sum += Math.abs(rgb[i * 3 + c] - rgb[(i + 3) * 3 + c]);
    count++;
  }
  return sum / Math.max(1, count);
}

Deno.test("scene() objects and their textures have the sizes asked for", () => {
  const areas = (least: number, greatest: number) =>
    scenes("sizes", 60, { objectScale: [least, greatest], classes: 1 })
      .map(({ truth }) => truth.data.filter((c) => c > 0).length).toSorted((a, b) => a - b);
  const [usual, large, mixed] = [areas(1, 1), areas(1.5, 1.5), areas(0.5, 1.5)];
  assert(Math.abs(large[30] / usual[30] / 1.5 ** 2 - 1) < 0.25); // the edge cuts a few
  assertLess(mixed[6], 0.6 * usual[6]);
  assertGreater(mixed[54], 1.2 * usual[54]);
  // Twice as large, a texture changes half as fast from pixel to pixel.
  const steps = (scale: number) => {
    const settings = { objectScale: [scale, scale], classes: 1, noise: 0, twoToned: 0 } as const;
    let [sum, count] = [0, 0];
    for (const { image, truth } of scenes("texture", 20, settings)) {
      for (let i = 64; i < truth.data.length; i++) {
        if (truth.data[i] === 0 || truth.data[i - 64] === 0) continue;
        sum += Math.abs(image.data[3 * i] - image.data[3 * (i - 64)]);
        count++;
      }
    }
    return sum / count;
  };
  const ratio = steps(2) / steps(1);
  assert(ratio > 0.4 && ratio < 0.7, `${ratio}`);
  assertThrows(() => scene(new Random(0), { objectScale: [2, 1] }), RangeError, "2 to 1");
  assertThrows(() => scene(new Random(0), { objectScale: [0.1, 1] }), RangeError);
});

Deno.test("scene() works at any size and number of classes", () => {
  const large = scene(new Random("large"), { width: 200, height: 130, classes: 40 });
  assertEquals([large.image.width, large.image.height], [200, 130]);
  const names = Array.from({ length: 40 }, (_, i) => className(i + 1));
  assertEquals(new Set(names).size, 40);
  assertThrows(() => scene(new Random(0), { width: 8 }), RangeError, "width 8");
  assertThrows(() => scene(new Random(0), { classes: 255 }), RangeError);
  assertThrows(() => scene(new Random(0), { camouflage: 2 }), RangeError);
});
