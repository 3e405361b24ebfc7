import { assertAlmostEquals, assertEquals } from "@std/assert";
import { imageNet, normalise, symmetric } from "./normalise.ts";

Deno.test("normalise() gives planes R, G, B with mean and deviation taken out", () => {
  const image = { width: 2, height: 1, data: Uint8Array.of(0, 51, 102, 255, 204, 153) };
  const planes = normalise(image, imageNet);
  const expected = [0, 1, 0.2, 0.8, 0.4, 0.6].map((value, i) =>
    (value - imageNet.mean[i >> 1]) / imageNet.deviation[i >> 1]
  );
  planes.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-5));
  const ends = normalise({ width: 1, height: 1, data: Uint8Array.of(0, 255, 0) }, symmetric);
  assertEquals([...ends], [-1, 1, -1]);
});
