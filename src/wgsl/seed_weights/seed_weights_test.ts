import { assertNear, onBothKernels } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { seedWeights } from "../mod.ts";

Deno.test("seedWeights share 1/n among an image's seeds, or among both kinds of them", async () => {
  await onBothKernels(async (device) => {
    const mask = [0, 0, 0, 1, 2, 255, 2, 2, 2, 255, 255, 255, 255, 255, 255, 255, 255, 9];
    const seeds = tensor(device, new Uint32Array(mask), [3, 2, 3]);
    const plain = [1 / 15, 1 / 15, 1 / 15, 1 / 9, 1 / 9, 1 / 9, 0, 0, 0];
    assertNear(await read(seedWeights(seeds, 3)), plain, 1e-6);
    const balanced = [1 / 9, 1 / 6, 1 / 6, 0, 1 / 9, 1 / 9, 0, 0, 0];
    assertNear(await read(seedWeights(seeds, 3, true)), balanced, 1e-6);
  });
});
