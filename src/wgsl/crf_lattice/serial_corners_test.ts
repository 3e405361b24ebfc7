import { assert, assertEquals } from "@std/assert";
import { onBothKernels, values } from "../../../tests/check_op.ts";
import { serialCorners } from "../crf.ts";

Deno.test("the corners of a picture know nothing of the one before, whose memory they have", async () => {
  await onBothKernels((device) => {
    const small = { width: 7, height: 5, sxy: [3, 2], srgb: [] } as const;
    const large = { width: 31, height: 23, sxy: [9, 9], srgb: [13, 13, 13] } as const;
    const colours = values(3 * 31 * 23).map((v) => 128 + 100 * v);
    const corners = () => serialCorners(device, small, []).slices.slice();
    const before = corners();
    serialCorners(device, large, [colours]);
    assertEquals(corners(), before);
    const fourth = before.filter((_, i) => i % 8 > 5);
    assertEquals(fourth, new Float32Array(fourth.length)); // of three corners
    assert(before.some((v) => v > 0.5));
    return Promise.resolve();
  });
});
