import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import {
  gaussianFilter,
  latticeFilter,
  type ReferenceCrf,
  referenceCrf,
  referenceTrace,
} from "../../tests/crf_reference.ts";
import { type CrfOptions, DenseCrf, denseCrf, denseCrfLabels, unaryFromLabels } from "./mod.ts";

const variants = ["texels", "buffers"] as const;

/** A picture of soft patches and energies that disagree with them here and there. */
function example(
  width: number,
  height: number,
  labels: number,
  channels = 3,
): { width: number; height: number; image: Uint8Array; unary: Float32Array<ArrayBuffer> } {
  const random = new Random(width * height + labels);
  const pixels = width * height;
  const image = new Uint8Array(pixels * channels);
  const unary = new Float32Array(labels * pixels);
  for (let p = 0; p < pixels; p++) {
    const patch = Math.floor(p % width / 5) + 3 * Math.floor(p / width / 4);
    for (let c = 0; c < channels; c++) {
      image[p * channels + c] = (patch * 53 + c * 91) % 200 + random.next() * 20;
    }
    for (let c = 0; c < labels; c++) {
      unary[c * pixels + p] = (c === patch % labels ? 0.3 : 1.2) + random.next();
    }
  }
  return { width, height, image, unary };
}

/** The options that say to the CRF what the terms say to the reference. */
function optionsOf(crf: Omit<ReferenceCrf, "image">, method: CrfOptions["method"]): CrfOptions {
  const { iterations, normalisation, terms } = crf;
  return {
    method,
    iterations,
    normalisation,
    gaussian: terms.filter(({ srgb }) => srgb.length === 0),
    bilateral: terms.filter(({ srgb }) => srgb.length > 0),
  };
}

function distance(q: Float32Array, expected: Float64Array): number {
  return q.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]) || 0), 0);
}

const gaussian = { sxy: [3, 3] as const, srgb: [], compat: 3 };
const bilateral = { sxy: [12, 9] as const, srgb: [13, 20, 9], compat: 10 };
const cases = [
  { name: "the usual terms", labels: 3, channels: 3, terms: [gaussian, bilateral] },
  { name: "two chunks of labels", labels: 35, channels: 3, terms: [gaussian, bilateral] },
  { name: "a single position term", labels: 2, channels: 3, terms: [gaussian] },
  {
    name: "four terms",
    labels: 5,
    channels: 3,
    terms: [gaussian, { ...gaussian, sxy: [1, 5] as const }, bilateral, {
      ...bilateral,
      srgb: [40, 40, 40],
    }],
  },
  {
    name: "one channel",
    labels: 4,
    channels: 1,
    terms: [{ ...bilateral, srgb: [10] }],
  },
  {
    name: "eight channels",
    labels: 4,
    channels: 8,
    terms: [gaussian, { ...bilateral, srgb: [30, 30, 30, 40, 40, 40, 50, 50] }],
  },
];

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

Deno.test("a batch gives each image what it gets alone, in order", async () => {
  using device = await Device.open();
  const sizes = [[23, 17, 3], [23, 17, 2], [23, 17, 4], [23, 17, 9], [11, 9, 2], [1, 1, 2], [
    23,
    17,
    3,
  ]];
  const inputs = sizes.map(([width, height, labels], name) => {
    const { image, unary } = example(width, height, labels);
    return { name, image: { width, height, data: image }, unary };
  });
  let drawn = 0;
  const source = async function* () {
    for (const input of inputs) {
      drawn++;
      yield await Promise.resolve(input);
    }
  };
  using crf = new DenseCrf(device, { iterations: 3 });
  const names: number[] = [];
  for await (const [{ name, image, unary }, labels] of crf.labelsOfAll(source())) {
    names.push(name);
    assertEquals(labels, await crf.labels(image, unary), `image ${name}`);
  }
  assertEquals(names, [0, 1, 2, 3, 4, 5, 6]);
  for await (const [{ name, image, unary }, q] of crf.probabilitiesOfAll(inputs)) {
    assertEquals(q, await crf.probabilities(image, unary), `image ${name}`);
  }
  drawn = 0;
  for await (const _ of crf.labelsOfAll(source())) break;
  assert(drawn < inputs.length, "images are drawn as they are needed");
});

Deno.test("a bad image of a batch is told at its place, and a failing source too", async () => {
  using device = await Device.open();
  const { image, unary } = example(9, 7, 2);
  const good = { image: { width: 9, height: 7, data: image }, unary };
  const bad = { ...good, unary: unary.with(5, NaN) };
  const crf = new DenseCrf(device);
  const taken = async (inputs: Iterable<typeof good> | AsyncIterable<typeof good>) => {
    let count = 0;
    try {
      for await (const _ of crf.labelsOfAll(inputs)) count++;
    } catch (error) {
      return [count, (error as Error).message];
    }
    return [count];
  };
  const [count, message] = await taken([good, good, bad, good]);
  assertEquals(count, 2);
  assert(String(message).includes("column 5, row 0 is NaN"));
  assertEquals(
    await taken((async function* () {
      yield await Promise.resolve(good);
      throw new Error("the disk is gone");
    })()),
    [1, "the disk is gone"],
  );
  assertEquals(await taken([]), [0]);
  crf[Symbol.dispose]();
  assertEquals(device.pool.live, 0);
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

Deno.test("infer takes a batch, agrees with denseCrf bit for bit and leaves no memory behind", async () => {
  using device = await Device.open();
  using crf = new DenseCrf(device, { iterations: 2 });
  const [w, h, c] = [19, 13, 5];
  const pictures = [example(w, h, c), example(w, h, c)];
  pictures[1].unary.reverse();
  const planes = (data: ArrayLike<number>) =>
    Float32Array.from(
      { length: 3 * w * h },
      (_, i) => data[i % (w * h) * 3 + Math.floor(i / (w * h))],
    );
  const all = (parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
  const x = tensor(device, all(pictures.map(({ image }) => planes(image))), [2, 3, h, w]);
  const u = tensor(device, all(pictures.map(({ unary }) => unary)), [2, c, h, w]);
  const q = crf.infer(x, u);
  const values = await read(q);
  assertEquals(q.shape, [2, c, h, w]);
  for (const [i, { width, height, image, unary }] of pictures.entries()) {
    const one = await crf.probabilities({ width, height, data: image }, unary);
    assertEquals(values.slice(i * one.length, (i + 1) * one.length), one);
  }
  q.release();
  const { live, bytes } = device.pool;
  crf.infer(x, u).release();
  await crf.labels({ width: w, height: h, data: pictures[0].image }, pictures[0].unary);
  assertEquals([device.pool.live, device.pool.bytes], [live, bytes]);
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
