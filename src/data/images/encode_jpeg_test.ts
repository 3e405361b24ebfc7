import { assert, assertEquals, assertRejects } from "@std/assert";
import { Random } from "../random.ts";
import { encodeJpeg } from "./encode_jpeg.ts";
import { decodeImage } from "./image.ts";

Deno.test("encodeJpeg: what is decoded again is nearly the same, nearer at a higher quality", async () => {
  for (const [width, height] of [[97, 65], [64, 64], [300, 200]]) { // one codec for all sizes
    const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const u = Math.floor(i / 3);
      return 40 + (u % width) / 3 + Math.floor(u / width) / 2;
    });
    const errors: number[] = [];
    for (const quality of [20, 85]) {
      const image = await decodeImage(await encodeJpeg({ width, height, data }, quality), "x");
      assertEquals([image.width, image.height], [width, height]);
      const error = data.reduce((sum, value, i) => sum + Math.abs(value - image.data[i]), 0);
      errors.push(error / data.length);
    }
    assert(errors[1] < 1 && errors[1] < errors[0], `${errors}`);
  }
});

Deno.test("encodeJpeg: noise has room at the smallest size and the highest quality; less is refused", async () => {
  const random = new Random(1);
  const data = Uint8Array.from({ length: 3 * 64 * 64 }, () => random.integer(256));
  for (let i = 0; i < 3; i++) {
    await decodeImage(await encodeJpeg({ width: 64, height: 64, data }, 85), "x");
  }
  const small = { width: 64, height: 63, data: data.subarray(3 * 64) };
  await assertRejects(() => encodeJpeg(small), RangeError, "64 x 63");
  await assertRejects(() => encodeJpeg({ width: 64, height: 64, data }, 95), RangeError, "95");
});
