import { assertEquals, assertThrows } from "@std/assert";
import { onBothKernels, values } from "../../../tests/check_op.ts";
import { readIndices, type Tensor, tensor } from "../../tensor/mod.ts";
import { argmax, labelMap, resizeBilinear, slice } from "../mod.ts";

async function labelsOf(packed: Tensor, pixels: number): Promise<number[]> {
  return [...new Uint8Array((await readIndices(packed)).buffer, 0, pixels)];
}

Deno.test("labelMap says what argmax says of the enlarged scores, image by image", async () => {
  const cases = [
    { shape: [1, 1, 1, 1], high: 3, wide: 5 },
    { shape: [2, 3, 4, 6], high: 37, wide: 53 },
    { shape: [1, 21, 16, 16], high: 50, wide: 1 },
    { shape: [3, 4, 9, 7], high: 5, wide: 6 }, // smaller
    { shape: [1, 5, 8, 8], high: 130, wide: 129 }, // several lines of workgroups
  ];
  await onBothKernels(async (device) => {
    for (const { shape, high, wide } of cases) {
      const [n, c] = shape;
      const x = tensor(device, values(shape.reduce((a, b) => a * b), 3), shape);
      const flags = new Uint32Array(n * c).map((_, i) => Number(i % 3 !== 1));
      const allowed = tensor(device, flags, [n, c]);
      for (let image = 0; image < n; image++) {
        for (const some of [undefined, allowed]) {
          const own = some && slice(some, 0, image, image + 1);
          const wanted = argmax(resizeBilinear(slice(x, 0, image, image + 1), high, wide), own);
          assertEquals(
            await labelsOf(labelMap(x, image, high, wide, some), high * wide),
            [...await readIndices(wanted)],
          );
        }
      }
    }
  });
});

Deno.test("labelMap of a part says what it says of the part cut out", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, values(2 * 3 * 6 * 8, 3), [2, 3, 6, 8]);
    for (
      const part of [{ height: 6, width: 8 }, { height: 4, width: 8 }, { height: 5, width: 3 }]
    ) {
      const cut = slice(slice(x, 2, 0, part.height), 3, 0, part.width);
      for (const image of [0, 1]) {
        assertEquals(
          await labelsOf(labelMap(x, image, 20, 30, undefined, part), 600),
          await labelsOf(labelMap(cut, image, 20, 30), 600),
        );
      }
    }
    const large = { height: 7, width: 8 };
    assertThrows(() => labelMap(x, 0, 4, 4, undefined, large), RangeError, "7 rows and 8 columns");
  });
});

Deno.test("labelMap refuses flags and images that do not fit", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(12), [1, 3, 2, 2]);
    const flags = tensor(device, values(2), [1, 2]);
    assertThrows(() => labelMap(x, 0, 4, 4, flags), TypeError, "[1,3,2,2]: the flags are [1,2]");
    assertThrows(() => labelMap(x, 1, 4, 4), RangeError, "image 1 of [1,3,2,2]");
    return Promise.resolve();
  });
});
