import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Cell } from "./cell.ts";
import { tableOf } from "./table.ts";

Deno.test("tableOf() pairs cells of one set and seed, and masks with all seeds of their set", () => {
  const cell = (set: string, right: number, seed?: number): Cell => {
    const images = [[[0, right], [1, 50 - right], [2, 50 - right], [3, right]]] as const;
    return {
      set,
      seed,
      classes: ["background", "thing"],
      pixelAccuracy: 0,
      boundaryIou: 0,
      images,
    };
  };
  const rows = [
    { name: "masks", cells: [cell("a", 20), cell("b", 30)] },
    {
      name: "net",
      cells: [cell("a", 22, 1), cell("a", 24, 2), cell("b", 31, 1), cell("b", 29, 2)],
    },
  ];
  const about = { title: "", over: [], reference: "masks" };
  const { rows: [masks, net] } = tableOf(rows, about, () => 0.5, 5);
  const iou = (right: number) => right / (100 - right);
  const apart = [iou(22) - iou(20), iou(24) - iou(20), iou(31) - iou(30), iou(29) - iou(30)];
  assertAlmostEquals(net.difference!.mean, apart.reduce((a, b) => a + b) / 4, 1e-12);
  assertEquals([net.difference!.better, masks.difference], [0.75, undefined]);
  assertAlmostEquals(masks.meanIou.mean, (iou(20) + iou(30)) / 2, 1e-12);
  // The object is half of each image: large.
  assertEquals(net.sizes.slice(0, 2), [null, null]);
  assertAlmostEquals(net.sizes[2]!, net.meanIou.mean, 1e-12);
  // Lists of one image are always drawn alike.
  assertAlmostEquals(net.interval.low, net.meanIou.mean, 1e-12);
  assertAlmostEquals(net.difference!.interval.high, net.meanIou.mean - masks.meanIou.mean, 1e-12);
});
