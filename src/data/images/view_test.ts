import { assertEquals } from "@std/assert";
import { mirrorMask } from "../../training/upload.ts";
import { viewMask } from "./resize.ts";
import { framedView } from "./view.ts";

Deno.test("framedView squashes, or keeps the aspect in whole multiples at the upper left", () => {
  const size = { width: 500, height: 375 };
  assertEquals(framedView(size, { imageSize: 256 }, 4), { width: 256, height: 256, flip: false });
  const frame = { imageSize: 256, keepAspect: true };
  assertEquals(framedView(size, frame, 4), {
    ...{ width: 256, height: 192, flip: false },
    crop: { x: 0, y: 0, width: 256, height: 256 },
  });
  assertEquals(framedView({ width: 30, height: 500 }, frame, 4, { flip: true, side: 128 }), {
    ...{ width: 8, height: 128, flip: true }, // 16 of 256, the nearest multiple to 15.4, halved
    crop: { x: -120, y: 0, width: 128, height: 128 },
  });
  assertEquals(framedView({ width: 1, height: 9000 }, frame, 4).width, 4, "never nothing");
});

Deno.test("the mirrored frame is the mirror image of the frame", () => {
  const mask = { width: 6, height: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i) };
  const frame = { imageSize: 12, keepAspect: true };
  const plain = viewMask(mask, framedView(mask, frame, 2), 2);
  assertEquals([...plain.data.subarray(18)], Array(18).fill(255), "void below the photograph");
  assertEquals([...plain.data.subarray(0, 18)], [...mask.data]);
  const turned = viewMask(mask, framedView(mask, frame, 2, { flip: true }), 2);
  assertEquals(turned, mirrorMask(plain));
  const high = { ...mask, width: 3, height: 6 };
  const narrow = viewMask(high, framedView(high, frame, 2), 2);
  assertEquals(viewMask(high, framedView(high, frame, 2, { flip: true }), 2), mirrorMask(narrow));
});
