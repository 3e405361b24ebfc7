import { assert, assertEquals } from "@std/assert";
import {
  bilateral,
  cases,
  distance,
  example,
  gaussian,
  optionsOf,
} from "../../tests/crf_example.ts";
import { gaussianFilter, latticeFilter, referenceTrace } from "../../tests/crf_reference.ts";
import { Device } from "../gpu/mod.ts";
import { DenseCrf, denseCrf, denseCrfLabels } from "./mod.ts";

const variants = ["texels", "buffers"] as const;

/** Costs that no Potts weight expresses, not symmetric. */
function costsOf(labels: number): number[][] {
  const row = (a: number) => Array.from({ length: labels }, (_, b) => (a * 3 + b * 5) % 7 - 1);
  return Array.from({ length: labels }, (_, a) => row(a));
}

for (const kernels of variants) {
  Deno.test(`a matrix costs what it says, and every Q has its divergence (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const labels of [3, 35]) {
      const { unary, ...picture } = example(13, 11, labels);
      const compat = costsOf(labels);
      // Two matrices, and a weight beside one.
      for (const terms of [[{ ...gaussian, compat }, bilateral], [{ ...bilateral, compat }]]) {
        const crf = {
          ...picture,
          unary,
          terms,
          iterations: 3,
          normalisation: "symmetric",
        } as const;
        for (const method of ["lattice", "exact"] as const) {
          using dense = new DenseCrf(device, optionsOf(crf, method));
          const input = { ...picture, data: picture.image };
          const { probabilities, divergences } = await dense.trace(input, unary);
          const filter = method === "exact" ? gaussianFilter : latticeFilter;
          const expected = referenceTrace(crf, filter);
          const off = distance(probabilities, expected.q);
          assert(off < 1e-4, `${labels} labels, ${method}: ${off}`);
          assertEquals(divergences.length, 4);
          divergences.forEach((v, i) => {
            const far = Math.abs(v - expected.divergences[i]);
            assert(far < 1e-4 * Math.max(10, Math.abs(v)), `${labels}, ${method}, Q${i}: ${far}`);
          });
          assertEquals(await dense.probabilities(input, unary), probabilities);
        }
      }
    }
  });

  Deno.test(`an image in blocks of rows is the image at once (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const { name, labels, channels, terms } of cases.slice(0, 2)) {
      const { unary, ...picture } = example(23, 17, labels, channels);
      const input = { ...picture, data: picture.image };
      const crf = { ...picture, unary, terms, iterations: 3, normalisation: "symmetric" } as const;
      const options = { ...optionsOf(crf, "lattice"), blockPixels: 23 * 5 };
      const { live, bytes } = device.pool;
      using dense = new DenseCrf(device, options);
      const { probabilities: q, divergences } = await dense.trace(input, unary);
      assertEquals([device.pool.live, device.pool.bytes], [live, bytes], name);
      const expected = referenceTrace(crf, latticeFilter);
      const off = distance(q, expected.q);
      assert(off < 2e-5, `${name}: ${off}`);
      const far = Math.abs(divergences[3] / expected.divergences[3] - 1);
      assert(far < 1e-4, `${name}: the divergence is off by ${far}`);
      const labelled = await dense.labels(input, unary);
      assertEquals(
        labelled,
        await denseCrfLabels(device, input, unary, { ...options, blockPixels: 1e4 }),
      );
    }
  });
}

Deno.test("a matrix of equal costs is a Potts weight", async () => {
  using device = await Device.open();
  const { width, height, image, unary } = example(23, 17, 4);
  const input = { width, height, data: image };
  const costs = Array.from(
    { length: 4 },
    (_, a) => Array.from({ length: 4 }, (_, b) => a === b ? 0 : 3),
  );
  const [potts, matrix] = await Promise.all(
    [3, costs].map((compat) =>
      denseCrf(device, input, unary, { gaussian: [{ sxy: 3, compat }], bilateral: [] })
    ),
  );
  assert(distance(matrix, Float64Array.from(potts)) < 1e-5);
});
