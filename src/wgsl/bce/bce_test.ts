import { assertThrows } from "@std/assert";
import { assertNear, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { bceWithLogits, multilabelSoftMargin } from "../mod.ts";

Deno.test("bceWithLogits at any size", async () => {
  for (const shape of [[1], [2, 1, 9, 7], [3, 4001]]) {
    const size = shape.reduce((a, b) => a * b);
    const target = values(size, 8).map((v) => (v + 1) / 2);
    await checkOp({
      shapes: [shape],
      op: ([z], device) => bceWithLogits(z, tensor(device, target, shape)),
      values: (_, size) => values(size).map((v) => 5 * v),
      reference: ([z]) => [
        z.reduce((sum, v, i) => sum + Math.log1p(Math.exp(v)) - target[i] * v, 0) / size,
      ],
    });
  }
});

Deno.test("sure logits are finite; misfits are refused", async () => {
  await onBothKernels(async (device) => {
    const z = tensor(device, new Float32Array([300, -300]), [1, 2]);
    const t = tensor(device, new Float32Array([0, 0]), [1, 2]);
    assertNear(await read(bceWithLogits(z, t)), [150]);
    assertNear(await read(multilabelSoftMargin(z, t)), [150]);
    const flat = tensor(device, new Float32Array(2), [2]);
    assertThrows(() => bceWithLogits(z, flat), TypeError, "[1,2] with f32 [2]");
    assertThrows(() => multilabelSoftMargin(flat, flat), TypeError, "[2], not [n,k]");
  });
});
