import { assertEquals, assertThrows } from "@std/assert";
import { resizeAntialiased } from "./resize_antialiased.ts";

const image = {
  width: 7,
  height: 5,
  data: Uint8Array.from({ length: 105 }, (_, i) => i * i * 37 + i * 11),
};

/** What Pillow 12 gives for the image above. */
// deno-fmt-ignore
const pillow = {
  bilinear: {
    "3x2": [107, 123, 162, 96, 121, 155, 141, 176, 141, 117, 134, 123, 73, 72, 117, 133, 119, 120],
    "4x7": [
      53, 83, 187, 90, 139, 190, 59, 230, 218, 103, 220, 156, 93, 133, 171, 101, 120, 181, 127, 162,
      161, 142, 201, 147, 136, 151, 151, 92, 93, 153, 159, 112, 124, 161, 173, 132, 169, 101, 132,
      48, 61, 97, 113, 115, 140, 132, 140, 112, 115, 156, 103, 54, 80, 129, 95, 73, 111, 165, 107,
      91, 114, 158, 122, 81, 99, 125, 76, 53, 103, 145, 126, 123, 140, 132, 162, 115, 113, 103, 61,
      48, 109, 101, 169, 177,
    ],
  },
  bicubic: {
    "3x2": [104, 119, 164, 96, 123, 161, 142, 183, 140, 121, 138, 122, 67, 61, 112, 135, 117, 119],
    "4x7": [
      49, 71, 187, 92, 143, 193, 45, 242, 228, 102, 221, 152, 89, 137, 174, 103, 120, 190, 130, 161,
      158, 147, 207, 147, 145, 164, 154, 89, 85, 154, 174, 99, 113, 169, 180, 134, 178, 107, 134, 40,
      56, 91, 109, 112, 143, 134, 145, 112, 113, 167, 93, 43, 74, 134, 90, 68, 112, 176, 100, 80, 112,
      167, 119, 79, 97, 129, 70, 43, 100, 153, 128, 123, 148, 131, 171, 115, 110, 96, 54, 39, 105,
      103, 183, 187,
    ],
  },
};

for (const filter of ["bilinear", "bicubic"] as const) {
  Deno.test(`resizeAntialiased() ${filter} gives Pillow's bytes`, () => {
    for (const size of ["3x2", "4x7"] as const) {
      const [width, height] = size.split("x").map(Number);
      const resized = resizeAntialiased(image, width, height, filter);
      assertEquals([...resized.data], pillow[filter][size]);
      assertEquals([resized.width, resized.height], [width, height]);
    }
  });
}

Deno.test("resizeAntialiased() at the same size changes nothing, and refuses no size", () => {
  assertEquals(resizeAntialiased(image, 7, 5, "bicubic"), image);
  assertThrows(() => resizeAntialiased(image, 0, 5), RangeError, "0 x 5");
});
