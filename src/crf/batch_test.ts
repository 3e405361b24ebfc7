import { assert, assertEquals, assertThrows } from "@std/assert";
import { example } from "../../tests/crf_example.ts";
import { Device } from "../gpu/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { inGroups } from "./batch.ts";
import { type CrfInput, DenseCrf } from "./mod.ts";

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`a batch gives each image what it gets alone, in order (${kernels})`, async () => {
    using device = await Device.open({ kernels });
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
}

for (const labels of [2, 3]) {
  Deno.test(`energies of ${labels} labels of one picture share work, and get what each gets alone`, async () => {
    using device = await Device.open();
    const [width, height] = [301, 220]; // too large for two pictures at once
    const { image: data, unary } = example(width, height, labels);
    const pictures = [0, 1].map((k) => ({ width, height, data: data.map((v) => v ^ k) }));
    const inputs = pictures.flatMap((image) =>
      [unary, unary.map((u) => 2 * u)].map((unary) => ({ image, unary }))
    );
    // Lattices of one block may be the program's, which takes no dispatch to share.
    const crf = new DenseCrf(device, { iterations: 2, blockPixels: labels === 2 ? 1e6 : 40_000 });
    const counted = async (inputs: readonly CrfInput[]) => {
      const { dispatches } = device;
      const results = await Array.fromAsync(crf.probabilitiesOfAll(inputs), ([, q]) => q);
      return { results, dispatches: device.dispatches - dispatches };
    };
    await counted(inputs.slice(0, 1)); // the lattice of positions is kept
    const together = await counted(inputs);
    const apart = await counted(inputs.map(({ image, unary }) => ({ image: { ...image }, unary })));
    assertEquals(together.results, apart.results);
    // Two labels: one pass for two energies; three: the lattices alone.
    const most = (labels === 2 ? 0.6 : 0.9) * apart.dispatches;
    assert(together.dispatches < most, `${together.dispatches} of ${apart.dispatches} dispatches`);
    crf[Symbol.dispose]();
    assertEquals(device.pool.live, 0);
  });
}

Deno.test("pairs of energies are inferred as each alone, whatever the kernels and the blocks", async () => {
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    const { width, height, image: data, unary } = example(40, 30, 2);
    const pair = [unary, unary.map((u) => 3 - u)];
    const image = { width, height, data };
    const inputs = pair.map((unary) => ({ image, unary }));
    const matrix = [[0, 1], [2, 0]];
    for (
      const options of [{}, { blockPixels: 500 }, { gaussian: [{ sxy: 3, compat: matrix }] }]
    ) {
      const crf = new DenseCrf(device, options);
      const together = await Array.fromAsync(crf.probabilitiesOfAll(inputs), ([, q]) => q);
      for (const [i, { image, unary }] of inputs.entries()) {
        const alone = await crf.probabilities(image, unary);
        const worst = together[i].reduce((most, q, p) => Math.max(most, Math.abs(q - alone[p])), 0);
        assert(worst < 2e-6, `${worst} (${kernels}, ${JSON.stringify(options)})`);
      }
      crf[Symbol.dispose]();
    }
  }
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

Deno.test("infer takes a batch, agrees with denseCrf and leaves no memory behind", async () => {
  await batch("buffers", 19, 13, 5);
  // With texels denseCrf's lattices are the program's: the same but for rounding, which 15-bit numbers of
  // more than four labels would carry on. Tables of so many vertices grow.
  await batch("texels", 61, 47, 3);
});

async function batch(kernels: "buffers" | "texels", w: number, h: number, c: number) {
  using device = await Device.open({ kernels });
  const bilateral = [{ sxy: 20, srgb: 3, compat: 10 }];
  using crf = new DenseCrf(device, { iterations: 2, bilateral });
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
    const own = values.slice(i * one.length, (i + 1) * one.length);
    if (kernels === "buffers") assertEquals(own, one);
    else assert(own.every((v, j) => Math.abs(v - one[j]) < 2e-6));
  }
  q.release();
  const pixels = pictures.map(({ width, height, image }) => ({ width, height, data: image }));
  const dispatches = (work: () => void) => {
    const before = device.dispatches;
    work();
    return device.dispatches - before;
  };
  let same = q;
  const fewer = dispatches(() => crf.infer(x, u).release()) -
    dispatches(() => same = crf.infer(x, u, pixels));
  assert(kernels === "texels" ? fewer > 20 : fewer === 0, `${fewer} fewer: whose lattice is it?`);
  assert((await read(same)).every((v, j) => Math.abs(v - values[j]) < 2e-6));
  same.release();
  assertThrows(() => crf.infer(x, u, pixels.slice(1)), TypeError, "1 images");
  const { live, bytes } = device.pool;
  crf.infer(x, u).release();
  await crf.labels({ width: w, height: h, data: pictures[0].image }, pictures[0].unary);
  assertEquals([device.pool.live, device.pool.bytes], [live, bytes]);
}

Deno.test("two groups are under way behind the one that is awaited, no more, and their order is kept", async () => {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const results = inGroups([{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }, { at: 4 }], {
    check() {},
    joins: () => false,
    run: async ([{ at }]) => {
      begun.push(at);
      await new Promise<void>((end) => ends.set(at, end));
      return [10 * at];
    },
  });
  const turns = async () => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  const finish = (at: number) => ends.get(at)!();
  const first = results.next();
  await turns();
  assertEquals(begun, [0, 1, 2]); // a GPU has work while results are read, and memory a bound
  finish(2); // later ones may be ready earlier
  finish(1);
  await turns();
  assertEquals(begun, [0, 1, 2]);
  finish(0);
  assertEquals((await first).value, [{ at: 0 }, 0]);
  const second = results.next();
  assertEquals((await second).value, [{ at: 1 }, 10]);
  const third = results.next();
  await turns();
  finish(3);
  assertEquals((await third).value, [{ at: 2 }, 20]);
  const rest = Array.fromAsync(results);
  await turns();
  finish(4);
  assertEquals(await rest, [[{ at: 3 }, 30], [{ at: 4 }, 40]]);
});
