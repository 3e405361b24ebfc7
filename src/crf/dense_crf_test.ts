import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  bilateral,
  cases,
  distance,
  example,
  gaussian,
  optionsOf,
} from "../../tests/crf_example.ts";
import { gaussianFilter, latticeFilter, referenceCrf } from "../../tests/crf_reference.ts";
import { Device } from "../gpu/mod.ts";
import { tensor } from "../tensor/mod.ts";
import { type CrfOptions, DenseCrf, denseCrf, denseCrfLabels, unaryFromLabels } from "./mod.ts";

const variants = ["texels", "buffers"] as const;

for (const kernels of variants) {
  Deno.test(`denseCrf is the lattice's mean field in plain loops (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const { name, labels, channels, terms } of cases) {
      const { unary, ...picture } = example(23, 17, labels, channels);
      const crf = { ...picture, unary, terms, iterations: 3, normalisation: "symmetric" } as const;
      const q = await denseCrf(
        device,
        { ...picture, data: picture.image },
        unary,
        optionsOf(crf, "lattice"),
      );
      const off = distance(q, referenceCrf(crf, latticeFilter));
      // More than four labels are kept as 15-bit numbers between the iterations.
      assert(off < (labels > 4 ? 5e-4 : 2e-5), `${name}: ${off}`);
    }
  });

  Deno.test(`denseCrf by brute force is the exact mean field (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const { name, labels, channels, terms } of cases) {
      const { unary, ...picture } = example(13, 11, labels, channels);
      const crf = { ...picture, unary, terms, iterations: 3, normalisation: "symmetric" } as const;
      const q = await denseCrf(
        device,
        { ...picture, data: picture.image },
        unary,
        optionsOf(crf, "exact"),
      );
      const off = distance(q, referenceCrf(crf, gaussianFilter));
      assert(off < 1e-4, `${name}: ${off}`);
    }
  });
}

Deno.test("every normalisation is pydensecrf's", async () => {
  using device = await Device.open();
  const { unary, ...picture } = example(14, 9, 3);
  for (const normalisation of ["none", "before", "after", "symmetric"] as const) {
    // Without normalisation the sums over neighbours are large: a small weight keeps Q undecided.
    const compat = normalisation === "none" ? 0.02 : 5;
    const terms = [{ ...gaussian, compat }, { ...bilateral, compat }];
    const crf = { ...picture, unary, terms, iterations: 2, normalisation };
    for (const method of ["lattice", "exact"] as const) {
      const q = await denseCrf(
        device,
        { ...picture, data: picture.image },
        unary,
        optionsOf(crf, method),
      );
      const expected = referenceCrf(crf, method === "exact" ? gaussianFilter : latticeFilter);
      const off = distance(q, expected);
      assert(off < 1e-4, `${normalisation}, ${method}: ${off}`);
    }
  }
});

Deno.test("an even picture of unknown pixels, of any size, stays undecided", async () => {
  using device = await Device.open();
  for (const [width, height] of [[1, 1], [1, 7], [9, 1], [6, 5]]) {
    const image = { width, height, data: new Uint8Array(3 * width * height) };
    const unary = unaryFromLabels(new Uint8Array(width * height).fill(255), 3);
    for (const method of ["lattice", "exact"] as const) {
      const q = await denseCrf(device, image, unary, { method });
      assert(distance(q, new Float64Array(q.length).fill(1 / 3)) < 1e-6, `${width}x${height}`);
    }
    assertEquals(await denseCrfLabels(device, image, unary), new Uint8Array(width * height));
  }
});

Deno.test("the same input gives the same bits on every run, on lists longer than a segment", async () => {
  using device = await Device.open();
  const { unary, width, height, image } = example(211, 97, 3);
  const runs = [];
  for (let i = 0; i < 3; i++) {
    runs.push(await denseCrf(device, { width, height, data: image }, unary, { iterations: 4 }));
    await denseCrf(
      device,
      { width: 23, height: 17, data: image.subarray(0, 1173) },
      unary.slice(0, 782),
    );
  }
  assertEquals(runs[0], runs[1]);
  assertEquals(runs[0], runs[2]);
});

Deno.test("labels are the most probable of each pixel", async () => {
  using device = await Device.open();
  for (const labels of [2, 5, 35]) {
    const { width, height, image, unary } = example(23, 17, labels);
    const input = { width, height, data: image };
    const q = await denseCrf(device, input, unary, { iterations: 1 });
    const best = Uint8Array.from({ length: width * height }, (_, p) => {
      let label = 0;
      for (let c = 1; c < labels; c++) {
        if (q[c * width * height + p] > q[label * width * height + p]) label = c;
      }
      return label;
    });
    assertEquals(await denseCrfLabels(device, input, unary, { iterations: 1 }), best);
  }
});

Deno.test("a single pixel and a single label are certain", async () => {
  using device = await Device.open();
  const one = { width: 1, height: 1, data: [10, 20, 30] };
  const q = await denseCrf(device, one, Float32Array.of(0, 1));
  // The pixel sends its own message to itself, weight 13.
  assert(q[0] > 0.99 && Math.abs(q[0] + q[1] - 1) < 1e-6);
  const { width, height, image, unary } = example(9, 8, 1);
  const certain = await denseCrf(device, { width, height, data: image }, unary);
  assertEquals(certain, new Float32Array(72).fill(1));
});

Deno.test("no iterations give softmax(-U), however large the energies", async () => {
  using device = await Device.open();
  const image = { width: 2, height: 1, data: new Uint8Array(6) };
  const q = await denseCrf(device, image, Float32Array.of(0, 9e8, 0, 9e8), { iterations: 0 });
  assertEquals(q, Float32Array.of(0.5, 0.5, 0.5, 0.5));
});

Deno.test("denseCrf refuses what does not fit or is no number", async () => {
  using device = await Device.open();
  const image = { width: 4, height: 3, data: new Uint8Array(36) };
  const energies = new Float32Array(24);
  const run = (unary: Float32Array<ArrayBuffer>, options: CrfOptions = {}) =>
    denseCrf(device, image, unary, options);
  await assertRejects(() => run(new Float32Array(25)), TypeError, "25 energies");
  await assertRejects(() => run(energies.with(17, NaN)), RangeError, "label 1 at column 1, row 1");
  await assertRejects(() => run(energies, { iterations: -1 }), RangeError, "-1 iterations");
  await assertRejects(
    () => run(energies, { gaussian: [{ sxy: 0, compat: 1 }] }),
    RangeError,
    "deviation is 0",
  );
  await assertRejects(
    () => run(energies, { bilateral: [{ sxy: 1, srgb: [1, 2], compat: 1 }] }),
    TypeError,
    "2 deviations",
  );
  await assertRejects(
    () => run(energies, { bilateral: [{ sxy: 80, srgb: 1e-3, compat: 1 }] }),
    RangeError,
    "too small",
  );
  const sized = (width: number, height: number, options: CrfOptions) => {
    const pixels = width * height;
    const data = new Uint8Array(3 * pixels);
    return denseCrf(device, { width, height, data }, new Float32Array(pixels), options);
  };
  await assertRejects(
    () => sized(129, 128, { method: "exact" }),
    RangeError,
    "129x128 pixels with 1 labels: 16384",
  );
  await assertRejects(
    () => sized(3000, 1000, { gaussian: [{ sxy: 0.01, compat: 1 }] }),
    RangeError,
    "3000x1000 pixels with 1 labels: standard deviations of 0.01,0.01 pixels",
  );
  const costs = [[0, 1], [1, 0]];
  await assertRejects(
    () => run(new Float32Array(36), { gaussian: [{ sxy: 3, compat: costs }] }),
    TypeError,
    "a matrix is for 2 labels, and there are 3",
  );
  await assertRejects(
    () => run(energies, { gaussian: [{ sxy: 3, compat: [[0, 1], [1]] }] }),
    TypeError,
    "a row of a matrix of 2 labels has 1",
  );
  await assertRejects(
    () => run(energies, { gaussian: [{ sxy: 3, compat: [[0, NaN], [1, 0]] }] }),
    RangeError,
    "a cost is NaN",
  );
  await assertRejects(() => run(energies, { blockPixels: 0 }), RangeError, "blocks of 0 pixels");
  using crf = new DenseCrf(device);
  const x = tensor(device, new Float32Array(36), [1, 3, 3, 4]);
  const u = tensor(device, energies, [1, 2, 4, 3]);
  assertThrows(() => crf.infer(x, u), TypeError, "[1,3,3,4]");
});
