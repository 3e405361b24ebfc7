import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ChangeBits } from "./change_bits.ts";

const logit = (p: number) => Math.log(p / (1 - p));
const mask = (...data: number[]) => ({
  width: data.length,
  height: 1,
  data: Uint8Array.from(data),
});
const maps = (...planes: number[][]) => ({
  channels: planes.length,
  width: planes[0].length,
  height: 1,
  data: Float32Array.from(planes.flat(), logit),
});

Deno.test("the change loss in bits, of two photographs by hand", () => {
  const bits = new ChangeBits();
  assertEquals(bits.mean, undefined);
  // One pixel of three changes; the last is void in both masks.
  const [K, A] = [mask(1, 0, 0, 255), mask(0, 0, 0, 255)];
  bits.add([K, A], maps([0.5, 0.5, 0.75, 0.9], [0.25, 0.5, 0.5, 0.9]), [false]);
  // From K: 1 of the change, 1 and 2 of the rest; from A: 2, 1 and 1.
  const first = [(1 + 1.5) / 2, (2 + 1) / 2];
  assertAlmostEquals(bits.mean!, (first[0] + first[1]) / 2, 1e-6);
  // Of two advisers the first deletes a class, and the second changes nothing of another photograph.
  const other = mask(1, 1, 0, 0);
  bits.add([K, A, other], maps([0.5, 0.25, 0.5, 0.5], [0.1, 0.1, 0.1, 0.1], [0.5, 0.5, 0.5, 0.5]), [
    ...[true, false],
  ]);
  // From K: 2 and 1 of the changes at 1 and 3; from the second: 1 of each.
  assertAlmostEquals(bits.mean!, (first[0] + first[1] + (1.5 + 1) / 2 + 1) / 4, 1e-6);
  const before = bits.mean;
  bits.add([K, K], maps([0.5, 0.5, 0.5, 0.5], [0.1, 0.1, 0.1, 0.1]), [false]);
  assertEquals(bits.mean, before, "nothing changes");
  // Masks of photographs are larger than the maps.
  const large = new ChangeBits();
  large.add([mask(1, 1, 0, 0), mask(0, 0, 0, 0)], maps([0.25, 0.5], [0.5, 0.5]), [false]);
  assertAlmostEquals(large.mean!, (1.5 + 1) / 2, 1e-6);
});
