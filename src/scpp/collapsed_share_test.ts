import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { writeMask } from "../data/masks/mask.ts";
import { countCollapsed, protectedBy, totalOf } from "./collapsed_share.ts";
import type { Pair } from "./pairs.ts";

/** A row of pixels: two of background, four of class 1, two of class 2, two void. */
const ROW = [0, 0, 1, 1, 1, 1, 2, 2, 255, 255];

Deno.test("collapsed classes of a set, and which of them flags protect, by hand", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = async (name: string, row: readonly number[]) => {
      const path = join(folder, `${name}.png`);
      await writeMask(path, { width: row.length, height: 1, data: Uint8Array.from(row) });
      return path;
    };
    const knowledge = await write("k", ROW);
    const pair = async (id: string, advice: readonly number[], labels: number[]): Promise<Pair> => {
      const path = await write(id, advice);
      return { id, image: "", knowledge, advice: [path], truth: "", labels };
    };
    const pairs = [
      // Class 1 keeps 2 of 4, which is not below half; class 2 keeps nothing; class 3 never was there.
      await pair("a", [0, 0, 0, 0, 1, 1, 0, 0, 0, 0], [1, 2, 3]),
      // Class 1 keeps 1 of 4. Class 2 vanishes too, but the labels do not name it.
      await pair("b", [0, 0, 0, 0, 0, 1, 1, 1, 1, 1].map((c, i) => i < 6 ? c : 0), [1]),
      await pair("c", ROW, [1, 2]),
    ];
    const count = (some: readonly Pair[], threshold: number) =>
      countCollapsed(some, 4, threshold, new AbortController().signal);
    const half = await count(pairs, 0.5);
    assertEquals([[...half.shown], [...half.deleted[0]]], [[0, 3, 2, 0], [0, 1, 1, 0]]);
    assertEquals(totalOf(half, 0), [2, 5]);
    assertEquals(totalOf(await count(pairs, 0.2), 0), [1, 5]);
    assertEquals(protectedBy(half, 0, false), [1, 2, 3], "2 of 5");
    assertEquals(protectedBy(await count(pairs, 0.2), 0, false), [], "1 of 5");
    const of = (shown: number[], ...deleted: number[][]) => ({
      shown: Uint32Array.from(shown),
      deleted: deleted.map((counts) => Uint32Array.from(counts)),
    });
    assertEquals(protectedBy(of([0, 3], [0, 1]), 0, false), [], "a third is not above a third");
    assertEquals(protectedBy(of([0, 0], [0, 0]), 0, false), []);
    // A network that deletes half of what there is of class 2, and more than that of 1 and 3.
    const network = of([0, 3, 4, 1, 0], [0, 0, 0, 0, 0], [0, 2, 2, 1, 0]);
    assertEquals(protectedBy(network, 1, true), [1, 3]);
    assertEquals(protectedBy(network, 0, true), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
