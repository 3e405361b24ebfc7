import { assertEquals, assertThrows } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { read } from "../tensor/mod.ts";
import { type Planes, uploadPlanes } from "./upload.ts";

/** A picture of two channels whose values count on from `first`. */
function picture(width: number, height: number, first: number): Planes {
  const planes = Float32Array.from({ length: 2 * width * height }, (_, i) => first + i);
  return { width, height, planes };
}

Deno.test("uploadPlanes puts pictures one after the other", async () => {
  using device = await Device.open();
  using _scope = device.scope();
  const x = uploadPlanes(device, [picture(3, 2, 0), picture(3, 2, 100)]);
  assertEquals(x.shape, [2, 2, 2, 3]);
  const twelve = Array.from({ length: 12 }, (_, i) => i);
  assertEquals([...await read(x)], [...twelve, ...twelve.map((i) => 100 + i)]);
});

Deno.test("uploadPlanes refuses pictures of different sizes and none at all", async () => {
  using device = await Device.open();
  const refused = (pictures: readonly Planes[], message: string) =>
    assertThrows(() => uploadPlanes(device, pictures), TypeError, message);
  const picture32 = picture(3, 2, 0);
  refused([picture32, picture(2, 3, 0)], "picture 1 is 2 x 3 of 12 values, the first 3 x 2 of 12");
  refused([picture32, { ...picture32, planes: new Float32Array(6) }], "picture 1 is 3 x 2 of 6");
  refused([], "there is none");
});
