import { assertEquals } from "@std/assert";
import { stepCrf } from "./dynamic_crf.ts";

Deno.test("the CRF of a step has the widths given, or those widths on the maps", () => {
  const config = { crfIterations: 3, crfSmoothWidth: 3, crfWidth: 80, crfColourWidth: 13 };
  const crf = (smooth: number, width: number) => ({
    iterations: 3,
    gaussian: [{ sxy: smooth, compat: 3 }],
    bilateral: [{ sxy: width, srgb: 13, compat: 10 }],
  });
  assertEquals(stepCrf(4, { ...config, scaleKernels: false }), crf(3, 80));
  assertEquals(stepCrf(4, { ...config, scaleKernels: true }), crf(0.75, 20));
});
