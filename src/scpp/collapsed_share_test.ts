import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { writeMask } from "../data/masks/mask.ts";
import { countCollapsed, flagWeightOf } from "./collapsed_share.ts";
import type { Pair } from "./pairs.ts";

/** A row of pixels: two of background, four of class 1, two of class 2, two void. */
const ROW = [0, 0, 1, 1, 1, 1, 2, 2, 255, 255];

Deno.test("the share of collapsed classes, and what weight of flags it asks for, by hand", async () => {
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
    assertEquals(await count(pairs, 0.5), { classes: 5, collapsed: 2 });
    assertEquals(await count(pairs, 0.2), { classes: 5, collapsed: 1 });
    assertEquals(flagWeightOf(await count(pairs, 0.5)), 1, "2 of 5");
    assertEquals(flagWeightOf(await count(pairs, 0.2)), 0, "1 of 5");
    assertEquals(flagWeightOf({ classes: 3, collapsed: 1 }), 0, "a third is not above a third");
    assertEquals(flagWeightOf({ classes: 0, collapsed: 0 }), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
