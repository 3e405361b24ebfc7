import { assert, assertEquals, assertThrows } from "@std/assert";
import { onBothKernels } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { fill } from "../mod.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { dropout2d } from "../mod.ts";

Deno.test("dropout2d drops whole channels, about as many as asked, and scales the others", async () => {
  await onBothKernels(async (device) => {
    for (const hw of [3, 8]) {
      const y = await read(dropout2d(fill(device, [40, 50, 1, hw], 1), 0.3, 7));
      let dropped = 0;
      for (let plane = 0; plane < 2000; plane++) {
        const channel = y.subarray(plane * hw, (plane + 1) * hw);
        assert(channel.every((v) => v === channel[0]));
        assert(channel[0] === 0 || Math.abs(channel[0] - 1 / 0.7) < 1e-6);
        if (channel[0] === 0) dropped++;
      }
      assert(Math.abs(dropped - 600) < 5 * Math.sqrt(2000 * 0.3 * 0.7), `${dropped} dropped`);
    }
  });
});

Deno.test("the seed alone decides what dropout2d drops, in both directions", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, new Float32Array(600).fill(1), [2, 100, 1, 3]);
    const y = dropout2d(x, 0.5, 3);
    const first = await read(y);
    assertEquals(await read(backward(y).get(x)!), first);
    assertEquals(await read(dropout2d(x, 0.5, 3)), first);
    const images = [first.slice(0, 300), first.slice(300)];
    assert(images[0].some((v, i) => v !== images[1][i]), "images differ");
    const other = await read(dropout2d(x, 0.5, 4));
    const changed = other.filter((v, i) => v !== first[i]).length / 3;
    assert(changed > 60 && changed < 140, `${changed} of 200 channels changed with the seed`);
    assertEquals([...await read(dropout2d(x, 0, 3))], Array(600).fill(1));
    assertThrows(() => dropout2d(x, 1, 3), RangeError, "probability 1");
    x.release();
  });
});

Deno.test("a dropped channel is zero whatever it held", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, new Float32Array(64).fill(Infinity), [1, 64, 1, 1]);
    const y = await read(dropout2d(x, 0.5, 1));
    assert(y.every((v) => v === 0 || v === Infinity) && y.includes(0));
  });
});
