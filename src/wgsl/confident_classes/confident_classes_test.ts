import { assertEquals, assertThrows } from "@std/assert";
import { onBothKernels, values } from "../../../tests/check_op.ts";
import { readIndices, tensor } from "../../tensor/mod.ts";
import { confidentClasses } from "../mod.ts";

Deno.test("confidentClasses are the best of those that take part, above their own bound", async () => {
  await onBothKernels(async (device) => {
    const least = [0.9, 0.5, 2, 0.3, 2, 0.6, 0.2, 2];
    for (const [h, w] of [[1, 1], [3, 5], [8, 9]]) {
      const hw = h * w;
      const p = values(2 * 4 * hw).map((v, i) => i % 7 === 0 ? 0.5 : Math.abs(v));
      const wanted = Array.from({ length: 2 * hw }, (_, i) => {
        const [n, u] = [Math.floor(i / hw), i % hw];
        let best = -1;
        const at = (c: number) => p[(n * 4 + c) * hw + u];
        for (let c = 0; c < 4; c++) {
          if (least[n * 4 + c] <= 1 && (best < 0 || at(c) > at(best))) best = c;
        }
        return at(best) > Math.fround(least[n * 4 + best]) ? best : 255;
      });
      const bounds = tensor(device, new Float32Array(least), [2, 4]);
      const y = confidentClasses(tensor(device, p, [2, 4, h, w]), bounds);
      assertEquals([...await readIndices(y)], wanted);
    }
    const p = tensor(device, values(8), [1, 2, 2, 2]);
    assertThrows(() => confidentClasses(p, p), TypeError, "the bounds are [1,2,2,2]");
  });
});
