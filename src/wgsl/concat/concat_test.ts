import { assertEquals, assertThrows } from "@std/assert";
import { at, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, readIndices, tensor } from "../../tensor/mod.ts";
import { concat, slice, split } from "../mod.ts";

Deno.test("concat over channels of any size", async () => {
  const sizes: [number, number, number, number[]][] = [
    [1, 1, 1, [1]],
    [2, 3, 5, [1, 4, 2]],
    [3, 4, 4, [2, 3]],
  ];
  for (const [n, h, w, channels] of sizes) {
    const total = channels.reduce((a, b) => a + b);
    await checkOp({
      shapes: channels.map((c) => [n, c, h, w]),
      op: (xs) => concat(xs),
      reference: (xs) => {
        const y = new Float64Array(n * total * h * w);
        for (let image = 0; image < n; image++) {
          let start = image * total * h * w;
          xs.forEach((x, i) => {
            const length = channels[i] * h * w;
            y.set(x.subarray(image * length, (image + 1) * length), start);
            start += length;
          });
        }
        return y;
      },
    });
  }
});

Deno.test("slice of every axis", async () => {
  const shape = [3, 4, 5, 4];
  for (const axis of [0, 1, 2, 3]) {
    const part = shape.with(axis, 2);
    await checkOp({
      shapes: [shape],
      op: ([x]) => slice(x, axis, 1, 3),
      reference: ([x]) => {
        const y = new Float64Array(part.reduce((a, b) => a * b));
        for (let i = 0; i < part[0]; i++) {
          for (let j = 0; j < part[1]; j++) {
            for (let k = 0; k < part[2]; k++) {
              for (let l = 0; l < part[3]; l++) {
                const place = [i, j, k, l];
                y[at(part, ...place)] = x[at(shape, ...place.with(axis, place[axis] + 1))];
              }
            }
          }
        }
        return y;
      },
    });
  }
});

Deno.test("a tensor is split in two along every axis, where it is if its parts can be bound", async () => {
  for (const shape of [[3, 4, 5, 4], [2, 4, 8, 8]]) {
    for (const axis of [0, 1, 2, 3]) {
      await checkOp({
        shapes: [shape],
        op: ([x]) => {
          const [a, b] = split(x, axis, 1);
          return concat([b, a], axis);
        },
        reference: ([x]) => {
          const y = new Float64Array(x.length);
          const size = shape[axis];
          const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
          x.forEach((v, i) => {
            const place = Math.floor(i / inner) % size;
            y[i + ((place + size - 1) % size - place) * inner] = v;
          });
          return y;
        },
      });
    }
  }
  await onBothKernels(async (device) => {
    const x = parameter(device, values(6), [2, 3]);
    const [first] = split(x, 1, 2);
    assertEquals([...await read(backward(first).get(x)!)], [1, 1, 0, 1, 1, 0]);
    assertThrows(() => split(x, 1, 3), RangeError, "at 3 of axis 1");
    x.release();
  });
});

Deno.test("slice of more rows, and of longer ones, than a dispatch has room for along an axis", async () => {
  await onBothKernels(async (device) => {
    for (const [rows, columns, end] of [[70_001, 6, 5], [3, 1000, 999]]) {
      const x = values(rows * columns);
      const wanted = x.filter((_, i) => i % columns < end);
      const y = slice(tensor(device, x, [rows, columns]), 1, 0, end);
      assertEquals(await read(y), wanted);
    }
  });
});

Deno.test("a tensor joined with itself receives both gradients", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, values(6), [1, 2, 3]);
    assertEquals([...await read(backward(concat([x, x])).get(x)!)], [2, 2, 2, 2, 2, 2]);
    x.release();
  });
});

Deno.test("indices are joined along the batch bit for bit; misfits are refused", async () => {
  await onBothKernels(async (device) => {
    const a = tensor(device, new Uint32Array([255, 2 ** 32 - 1]), [1, 2]);
    const b = tensor(device, new Uint32Array([7, 8]), [1, 2]);
    assertEquals([...await readIndices(concat([a, b], 0))], [255, 2 ** 32 - 1, 7, 8]);
    assertThrows(() => concat([a, tensor(device, values(2), [1, 2])]), TypeError, "[1,2]");
    assertThrows(() => concat([]), TypeError, "nothing");
    assertThrows(() => slice(a, 1, 1, 3), RangeError, "1 to 3");
  });
});
