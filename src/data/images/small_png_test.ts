import { assert, assertEquals } from "@std/assert";
import { vocPalette } from "../masks/mask.ts";
import { decodeImage } from "./image.ts";
import { smallHeat, smallMask } from "./small_png.ts";

Deno.test("smallMask: the colours are VOC's, the palette is that of the classes alone", async () => {
  const data = new Uint8Array([0, 15, 255, 15, 0, 254]);
  const bytes = smallMask({ width: 3, height: 2, data });
  assert(bytes.length < 150, `${bytes.length}`);
  const { data: colours } = await decodeImage(bytes, "x");
  assertEquals([...colours], [...data].flatMap((c) => [...vocPalette[c]]));
});

Deno.test("smallHeat: black 0, white 1, and between them red before yellow", async () => {
  const bytes = smallHeat({ width: 4, height: 1, data: new Float32Array([0, 1 / 3, 2 / 3, 1]) });
  const { data } = await decodeImage(bytes, "x");
  assertEquals([...data.subarray(0, 3), ...data.subarray(9)], [0, 0, 0, 255, 255, 255]);
  assert(
    data[3] > 230 && data[4] < 30 && data[6] > 230 && data[7] > 200 && data[8] < 30,
    `${data}`,
  );
});
