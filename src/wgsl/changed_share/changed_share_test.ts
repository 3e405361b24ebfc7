import { assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { changedShare } from "../mod.ts";

function mask(size: number, seed: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values(size, seed), (v) => Math.floor((v + 1) * 1.5));
}

Deno.test("the share of changed pixels, of all and of those where a third mask differs", async () => {
  await onBothKernels(async (device) => {
    for (const shape of [[1, 1, 1], [2, 5, 7], [3, 20, 36], [2, 130, 150]]) {
      const size = shape.reduce((a, b) => a * b);
      const [a, b, c] = [1, 2, 3].map((seed) => mask(size, seed));
      const [ta, tb, tc] = [a, b, c].map((m) => tensor(device, m, shape));
      let [changed, counted, both] = [0, 0, 0];
      a.forEach((v, i) => {
        changed += Number(v !== b[i]);
        counted += Number(v !== c[i]);
        both += Number(v !== b[i] && v !== c[i]);
      });
      assertNear(await read(changedShare(ta, tb)), [changed / size], 1e-6);
      assertNear(await read(changedShare(ta, tb, tc)), [counted ? both / counted : 0], 1e-6);
      assertNear(await read(changedShare(ta, tb, ta)), [0]);
    }
    const [few, many] = [mask(4, 1), mask(6, 1)].map((m) => tensor(device, m, [1, 1, m.length]));
    assertThrows(() => changedShare(few, many), TypeError, "[1,1,4] and [1,1,6]");
    assertThrows(() => changedShare(few, few, many), TypeError, "[1,1,4] and [1,1,6]");
  });
});
