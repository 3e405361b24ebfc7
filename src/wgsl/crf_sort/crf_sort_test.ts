import { assertEquals } from "@std/assert";
import { onBothKernels } from "../../../tests/check_op.ts";
import { readIndices, tensor } from "../../tensor/mod.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import { sort } from "./crf_sort.ts";

/** Pseudo-random numbers below 2^bits. */
function numbers(size: number, bits: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: size }, (_, i) => Math.imul(i + 1, 2654435761) >>> (32 - bits));
}

const sizes = [1, 63, 257, 2048, 2049, 70_001];

Deno.test("scan puts the sum of all before it in the place of every number", () =>
  onBothKernels(async (device) => {
    for (const size of [...sizes, 600_000]) {
      const values = numbers(size, 9);
      const x = tensor(device, values, [size]);
      scan(x);
      let sum = 0;
      const wanted = values.map((v) => (sum += v) - v);
      assertEquals(await readIndices(x), wanted, `${size} numbers`);
    }
  }));

Deno.test("sort orders keys, and leaves equal ones as they were", () =>
  onBothKernels(async (device) => {
    for (const size of sizes) {
      for (const bits of [3, 13]) {
        const keys = numbers(size, bits);
        const sorted = sort(tensor(device, keys, [size]), bits);
        const order = Uint32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
        assertEquals(await readIndices(sorted.order), order, `${size} keys of ${bits} bits`);
        assertEquals(
          await readIndices(sorted.keys),
          keys.toSorted(),
          `${size} keys of ${bits} bits`,
        );
      }
    }
  }));
