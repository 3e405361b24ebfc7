import { assertEquals, assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, readIndices, tensor } from "../../tensor/mod.ts";
import { bestPresent, presentClasses, presentEnergies } from "../mod.ts";

const CLASSES = 6;
const LISTS = [[0, 2], [0, 1, 5], [3]];

for (const [h, w] of [[1, 1], [5, 7], [12, 30]]) {
  Deno.test(`energies and choice among the classes of each image, ${h}x${w}`, async () => {
    const [n, area] = [LISTS.length, h * w];
    const z = values(n * CLASSES * area).map((v) => 8 * v); // some probabilities are clipped
    await onBothKernels(async (device) => {
      const present = presentClasses(device, LISTS);
      assertEquals(present.shape, [3, 3]);
      const logits = tensor(device, z, [n, CLASSES, h, w]);
      const wanted = new Float64Array(n * 3 * area).fill(1e30);
      LISTS.forEach((list, image) => {
        for (let u = 0; u < area; u++) {
          const at = (k: number) => z[(image * CLASSES + k) * area + u];
          let sum = 0;
          for (let k = 0; k < CLASSES; k++) sum += Math.exp(at(k));
          list.forEach((k, s) => {
            wanted[(image * 3 + s) * area + u] = -Math.log(Math.max(1e-3, Math.exp(at(k)) / sum));
          });
        }
      });
      const got = await read(presentEnergies(logits, present, 1e-3));
      const capped = (x: ArrayLike<number>) => Array.from(x, (v) => Math.min(v, 100));
      assertNear(capped(got), capped(wanted), 1e-6);
      assertEquals(got.map((v) => Number(v > 1e29)), Float32Array.from(wanted, (v) => +(v > 1e29)));
      const scores = values(n * 3 * area, 3).map((v) => Math.round(3 * v)); // many equals
      const best = new Uint32Array(n * area);
      LISTS.forEach((list, image) => {
        for (let u = 0; u < area; u++) {
          const at = (s: number) => scores[(image * 3 + s) * area + u];
          let top = 0;
          list.forEach((_, s) => top = at(s) > at(top) ? s : top);
          best[image * area + u] = list[top];
        }
      });
      const chosen = bestPresent(tensor(device, scores, [n, 3, h, w]), present);
      assertEquals(await readIndices(chosen), best);
    });
  });
}

Deno.test("classes that do not fit the scores are refused", async () => {
  await onBothKernels((device) => {
    assertThrows(() => presentClasses(device, [[0], []]), RangeError, "shows none");
    const present = presentClasses(device, [[0, 1], [0]]);
    const three = tensor(device, values(12), [3, 2, 1, 2]);
    const two = tensor(device, values(12), [2, 3, 1, 2]);
    assertThrows(() => presentEnergies(three, present), TypeError, "u32 classes [2,2]");
    assertThrows(() => bestPresent(two, present), TypeError, "scores [2,3,1,2]");
    return Promise.resolve();
  });
});
