import { assertEquals, assertThrows } from "@std/assert";
import { onBothKernels } from "../../../tests/check_op.ts";
import { readIndices, tensor } from "../../tensor/mod.ts";
import { voidOutside } from "../mod.ts";

Deno.test("voidOutside leaves a mask as it is but where the photograph is not seen", async () => {
  const mask = Uint32Array.from({ length: 30 }, (_, u) => u % 7 === 3 ? 255 : u % 4);
  const shown = mask.map((_, u) => u % 3 ? 0 : 255);
  await onBothKernels(async (device) => {
    const [m, s] = [mask, shown].map((x) => tensor(device, x, [2, 3, 5]));
    assertEquals(await readIndices(voidOutside(m, s)), mask.map((c, u) => u % 3 ? c : 255));
    assertEquals(voidOutside(m, undefined), m);
    const other = tensor(device, new Uint32Array(15), [1, 3, 5]);
    assertThrows(() => voidOutside(m, other), TypeError, "Cannot void masks [2,3,5] and [1,3,5]");
  });
});
