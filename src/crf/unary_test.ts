import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { denseCrf, unaryFromLabels, unaryFromProbabilities } from "./mod.ts";

Deno.test("energies of probabilities are clipped; scores above one cost nothing", () => {
  const energies = unaryFromProbabilities([0, 1e-7, 0.5, 1, 3]);
  [-Math.log(1e-5), -Math.log(1e-5), Math.LN2, 0, 0].forEach((u, i) =>
    assertAlmostEquals(energies[i], u, 1e-6)
  );
  assertThrows(() => unaryFromProbabilities([0.5, -0.1]), RangeError, "-0.1 (element 1)");
  assertThrows(() => unaryFromProbabilities([NaN]), RangeError, "NaN");
  assertThrows(() => unaryFromProbabilities([0.5], { clip: 0 }), RangeError, "clip");
});

Deno.test("energies of labels share what is not certain, and know nothing of unknown pixels", () => {
  const energies = unaryFromLabels([0, 2, 255], 3, { certainty: 0.8 });
  const [own, other, none] = [0.8, 0.1, 1 / 3].map((p) => -Math.log(p));
  [own, other, none, other, other, none, other, own, none].forEach((u, i) =>
    assertAlmostEquals(energies[i], u, 1e-6)
  );
  assertThrows(() => unaryFromLabels([3], 3), RangeError, "label 3");
  assertThrows(() => unaryFromLabels([0], 3, { certainty: 1 }), RangeError, "certainty 1");
  assertThrows(() => unaryFromLabels([0], 0), RangeError, "0 classes");
});

Deno.test("an image of unknown pixels stays undecided", async () => {
  using device = await Device.open();
  const image = { width: 6, height: 5, data: Uint8Array.from({ length: 90 }, (_, i) => 7 * i) };
  const q = await denseCrf(device, image, unaryFromLabels(new Uint8Array(30).fill(255), 4));
  q.forEach((v) => assertAlmostEquals(v, 0.25, 1e-6));
  assertEquals(q.length, 120);
});
