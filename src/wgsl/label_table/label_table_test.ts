import { assertThrows } from "@std/assert";
import { assertNear, onBothKernels } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { labelTable } from "../mod.ts";

Deno.test("labelTable writes a number for each kind of class, shared as asked", async () => {
  await onBothKernels(async (device) => {
    const flags = [1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1]; // two classes, none, all
    const kinds = { background: 6, present: 12, absent: 20 };
    const wanted = {
      none: [6, 12, 20, 12, 20, 6, 20, 20, 20, 20, 6, 12, 12, 12, 12],
      "of-kind": [6, 6, 10, 6, 10, 6, 5, 5, 5, 5, 6, 3, 3, 3, 3],
      "of-shown": [2, 4, 20, 4, 20, 6, 20, 20, 20, 20, 1.2, 2.4, 2.4, 2.4, 2.4],
    };
    for (const labels of [new Float32Array(flags), new Uint32Array(flags)]) {
      for (const share of ["none", "of-kind", "of-shown"] as const) {
        const y = labelTable(tensor(device, labels, [3, 4]), { ...kinds, share });
        assertNear(await read(y), wanted[share], 1e-6, share);
      }
    }
    const alone = labelTable(tensor(device, new Float32Array(flags), [3, 4]), {
      ...kinds,
      alone: 7,
    });
    assertNear(await read(alone), wanted.none.with(5, 7), 1e-6);
    const flat = tensor(device, new Float32Array(4), [4]);
    assertThrows(() => labelTable(flat, kinds), TypeError, "expected 2 dimensions, got [4]");
  });
});
