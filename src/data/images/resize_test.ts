import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { assertNear } from "../../../tests/check_op.ts";
import { Golden } from "../../../tests/golden.ts";
import { normalise, symmetric } from "./normalise.ts";
import { normals, Random } from "../random.ts";
import { resizeImage, resizeMaps, resizeMask, viewImage, viewMaps, viewMask } from "./resize.ts";

const golden = new Golden("ops");

for (const name of ["resize_bilinear_down", "upsample_bilinear_x2", "upsample_bilinear_x8"]) {
  Deno.test(`resizeMaps() reproduces PyTorch's ${name}`, () => {
    const [n, c, h, w] = golden.shape(`${name}.in0`);
    const [, , height, width] = golden.shape(`${name}.out`);
    const y = resizeMaps(golden.values(`${name}.in0`), n * c, h, w, height, width);
    assertNear(y, golden.values(`${name}.out`), 1e-5);
  });
}

Deno.test("resizeMaps() keeps a ramp within the border and clamps beyond it", () => {
  const up = resizeMaps(Float32Array.of(0, 1, 2), 1, 1, 3, 2, 6);
  assertEquals([...up.subarray(0, 6)], [0, 0.25, 0.75, 1.25, 1.75, 2]);
  assertEquals([...up.subarray(6)], [...up.subarray(0, 6)]);
  assertThrows(() => resizeMaps(new Float32Array(5), 1, 2, 3, 4, 4), TypeError, "[1,2,3]");
  assertThrows(() => resizeMaps(new Float32Array(6), 1, 2, 3, 0, 4), RangeError);
});

Deno.test("resizeImage() and resizeMaps() agree on bytes", () => {
  const random = new Random("bytes");
  const data = Uint8Array.from({ length: 7 * 5 * 3 }, () => random.integer(256));
  const image = resizeImage({ width: 7, height: 5, data }, 10, 4);
  const planes = Float32Array.from(data, (_, i) => data[(i % 35) * 3 + Math.floor(i / 35)]);
  const maps = resizeMaps(planes, 3, 5, 7, 4, 10);
  for (let i = 0; i < image.data.length; i++) {
    assertEquals(image.data[i], Math.round(maps[(i % 3) * 40 + Math.floor(i / 3)]));
  }
});

Deno.test("resizeMask() takes the pixel under the centre and keeps 255", () => {
  const mask = { width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 255) };
  assertEquals([...resizeMask(mask, 4, 2).data], [1, 1, 2, 2, 3, 3, 255, 255]);
  assertEquals([...resizeMask(resizeMask(mask, 6, 6), 2, 2).data], [...mask.data]);
});

Deno.test("a view is the crop of the mirrored, resized whole", () => {
  const random = new Random("view");
  const maps = { channels: 2, height: 6, width: 5, data: normals(random, 60) };
  const mask = { width: 5, height: 6, data: Uint8Array.from({ length: 30 }, (_, i) => i) };
  const image = { width: 5, height: 6, data: Uint8Array.from({ length: 90 }, (_, i) => i * 2) };
  const whole = { width: 9, height: 8 };
  const crop = { x: 2, y: 1, width: 4, height: 5 };
  const [fullMaps, fullMask] = [viewMaps(maps, whole), viewMask(mask, whole)];
  const fullImage = viewImage(image, whole);
  const cutMaps = viewMaps(maps, { ...whole, crop, flip: true });
  const cutMask = viewMask(mask, { ...whole, crop, flip: true });
  const cutImage = viewImage(image, { ...whole, crop, flip: true });
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 4; x++) {
      const [here, there] = [y * 4 + x, (y + 1) * 9 + 8 - (x + 2)];
      assertEquals(cutMask.data[here], fullMask.data[there]);
      assertAlmostEquals(cutMaps.data[20 + here], fullMaps.data[72 + there], 1e-6);
      assertEquals(cutImage.data[here * 3 + 1], fullImage.data[there * 3 + 1]);
    }
  }
  assertThrows(() => viewMask(mask, { ...whole, crop: { ...crop, x: 9 } }), RangeError);
  assertThrows(() => viewMaps(maps, { ...whole, crop: { ...crop, y: -5 } }), RangeError);
});

Deno.test("outside of the picture a window is 0 in maps, 255 in masks, and 0 after normalising", () => {
  // Three columns and two rows; the window begins two columns before and ends one row below.
  const view = { width: 3, height: 2, crop: { x: -2, y: 0, width: 4, height: 3 } };
  const maps = { channels: 2, height: 2, width: 3, data: Float32Array.from(range(1, 12)) };
  const mask = { width: 3, height: 2, data: Uint8Array.from(range(1, 6)) };
  const image = { width: 3, height: 2, data: Uint8Array.from(range(1, 18)) };
  const seen = viewMaps(maps, view).data;
  assertEquals([...seen.slice(0, 12)], [0, 0, 1, 2, 0, 0, 4, 5, 0, 0, 0, 0]);
  assertEquals([...seen.slice(12)], [0, 0, 7, 8, 0, 0, 10, 11, 0, 0, 0, 0]);
  const around = [255, 255, 255, 255];
  assertEquals([...viewMask(mask, view).data], [255, 255, 1, 2, 255, 255, 4, 5, ...around]);
  const mirrored = [255, 255, 3, 2, 255, 255, 6, 5, ...around];
  assertEquals([...viewMask(mask, { ...view, flip: true }).data], mirrored);
  const cut = viewImage(image, view);
  assertEquals([...cut.data.slice(0, 12)], [...new Array(6).fill(0), ...range(1, 6)]);
  const planes = normalise(cut, symmetric, view);
  const red = [0, 0, 1, 4, 0, 0, 10, 13, 0, 0, 0, 0];
  red.forEach((value, i) => assertAlmostEquals(planes[i], value && value / 127.5 - 1, 1e-6));
  // A block has the label at its centre, or none where the centre is outside.
  const blocks = { ...view, crop: { x: -2, y: -1, width: 6, height: 4 } };
  assertEquals([...viewMask(mask, blocks, 2).data], [255, 2, 255, 255, 255, 255]);
});

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

Deno.test("viewMask takes one label a block from its centre, the same when all is mirrored", () => {
  // Each label is its own column, so that the chosen columns can be read off.
  const data = Uint8Array.from({ length: 24 * 2 }, (_, i) => i % 24);
  const mask = { width: 24, height: 2, data };
  const turned = { ...mask, data: data.map((column) => 23 - column) };
  const view = { width: 32, height: 2, crop: { x: 4, y: 0, width: 24, height: 2 } };
  for (const stride of [1, 2]) {
    const seen = viewMask(mask, view, stride);
    assertEquals([seen.width, seen.height], [24 / stride, 2 / stride]);
    const centres = Array.from(
      { length: 24 / stride },
      (_, i) => (4 + (i + 0.5) * stride) * 24 / 32,
    );
    assertEquals([...seen.data.slice(0, 24 / stride)], centres.map(Math.floor));
    const mirrored = viewMask(turned, { ...view, flip: true }, stride);
    assertEquals(mirrored, seen);
  }
  assertThrows(() => viewMask(mask, { width: 32, height: 2 }, 3), RangeError, "in blocks of 3");
});
