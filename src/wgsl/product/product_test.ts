import { assert, assertEquals } from "@std/assert";
import { assertClose, reference, values } from "../../../tests/convolution.ts";
import { Device, DeviceError } from "../../gpu/mod.ts";
import { tune } from "../../gpu/tune.ts";
import { empty, read, type Tensor, tensor } from "../../tensor/mod.ts";
import { geometry, type WindowOptions } from "../conv2d/geometry.ts";
import { matrixProduct } from "./matrix.ts";
import { multiply, multiplyBy, type Product } from "./product.ts";
import { candidates, classOf, readTile, runs, type Tile, tileText, usualTile } from "./tile.ts";
import { weightProduct } from "./weights.ts";
import { convolution, convolutionBack } from "./window.ts";

/** All tiles that are tried for any product. */
const tiles = [
  ...new Set(
    [[16, 200], [128, 4096], [300, 300], [512, 65_536]].flatMap(([m, n]) =>
      candidates({ m, n, k: 4096, products: 1 }).map((tile) =>
        tileText({ ...tile, slices: Math.min(2, tile.slices) })
      )
    ),
  ),
].map((text) => readTile(text)!);

async function check(
  name: string,
  of: Product,
  y: Tensor,
  want: ArrayLike<number>,
  some: readonly Tile[] = tiles,
): Promise<void> {
  for (const tile of some) {
    multiplyBy(of, y, tile);
    assertClose(`${name} by ${tileText(tile)}`, await read(y), want);
    y.device.clear(y.storage);
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b);
}

Deno.test("every tile computes matrix products", async () => {
  using device = await Device.open({ kernels: "buffers" });
  using _scope = device.scope();
  const [m, n, k, batch] = [37, 72, 45, 2];
  const [av, bv] = [values(batch * m * k, 1), values(batch * k * n, 2)];
  const want = new Float64Array(batch * m * n);
  for (let i = 0; i < want.length; i++) {
    const [z, row, col] = [Math.floor(i / n / m), Math.floor(i / n) % m, i % n];
    for (let l = 0; l < k; l++) want[i] += av[(z * m + row) * k + l] * bv[(z * k + l) * n + col];
  }
  const a = { x: tensor(device, av, [batch, m, k]), alongK: true, row: k, matrix: m * k };
  const b = { x: tensor(device, bv, [batch, k, n]), alongK: false, row: n, matrix: k * n };
  const y = empty(device, [batch, m, n]);
  await check("matrices", matrixProduct([m, n, k, batch], a, b), y, want);
});

for (
  const [name, xs, ws, options] of [
    ["stride 2", [2, 18, 7, 9], [35, 18, 3, 3], { stride: 2, padding: 1 }],
    ["weights that are packed", [1, 43, 5, 4], [50, 43, 3, 3], { padding: 1 }],
    ["3 channels", [2, 3, 8, 10], [35, 3, 3, 3], { dilation: 2, padding: 2 }],
  ] as [string, number[], number[], WindowOptions][]
) {
  Deno.test(`every tile computes a convolution and its gradients: ${name}`, async () => {
    using device = await Device.open({ kernels: "buffers" });
    using _scope = device.scope();
    const g = geometry(xs, ws, options);
    const [xv, wv, dv] = [xs, ws, g.shape].map((shape, i) => values(sizeOf(shape), i));
    const [x, w, dy] = [
      tensor(device, xv, xs),
      tensor(device, wv, ws),
      tensor(device, dv, g.shape),
    ];
    const want = reference(xv, wv, undefined, dv, g, "none");
    const some = name === "stride 2" ? tiles : tiles.filter((_, i) => i % 4 === 1);
    await check("y", convolution(x, w, g, {}), empty(device, g.shape), want.y, some);
    await check("dx", convolutionBack(dy, w, g, {}), empty(device, xs), want.dx, some);
    await check("dw", weightProduct(dy, x, g), empty(device, ws), want.dw, some);
  });
}

Deno.test("a sum of slices has the same bits at every run, and is finished once", async () => {
  using device = await Device.open({ kernels: "buffers" });
  using _scope = device.scope();
  const [m, n, k] = [5, 12, 200];
  const a = { x: tensor(device, values(m * k, 1), [m, k]), alongK: true, row: k, matrix: 0 };
  const b = { x: tensor(device, values(k * n, 2), [k, n]), alongK: false, row: n, matrix: 0 };
  const bias = tensor(device, values(m, 3), [m]);
  const of = matrixProduct([m, n, k, 1], a, b, { bias, act: 1 });
  const by = async (text: string) => {
    const y = empty(device, [m, n]);
    multiplyBy(of, y, readTile(text)!);
    return await read(y);
  };
  const sliced = await by("32x32x8/4x4*4");
  assertEquals(await by("32x32x8/4x4*4"), sliced);
  assertClose("sliced", sliced, await by("32x32x8/4x4"));
  assert(sliced.some((v) => v === 0) && sliced.some((v) => v > 0));
  for (const text of ["32x32x8/4x4", "32x32x8/4x4*4"]) {
    const y = tensor(device, values(m * n, 4), [m, n]);
    multiplyBy({ ...of, add: true }, y, readTile(text)!);
    const sums = values(m * n, 4).map((v, i) => v + sliced[i]);
    assertClose(`added, ${text}`, await read(y), sums);
  }
});

Deno.test("a tile is written as text and read again, and what cannot run is not read", () => {
  for (const tile of tiles) assertEquals(readTile(tileText(tile)), tile);
  for (
    const text of ["", "64x64x16", "64x64x16/8x8x", "256x256x16/8x8", "64x64x8/8x8*0", "1x1x8/4x4"]
  ) {
    assertEquals(readTile(text), undefined, text);
  }
});

Deno.test("the usual tile keeps a large GPU busy, and a dozen others are tried", () => {
  for (
    const [m, n, k] of [
      [64, 12_544, 576],
      [512, 784, 4608],
      [256, 784, 1024],
      [1024, 1024, 1024],
      [
        256,
        512,
        2048,
      ],
      [64, 576, 12_544],
      [256, 1024, 784],
    ]
  ) {
    const size = { m, n, k, products: 1 };
    const { rows, cols, high, wide, slices } = usualTile(size);
    const waves = Math.ceil(m / rows) * Math.ceil(n / cols) * slices * rows / high * cols / wide /
      64;
    assert(waves >= 2 * 160, `${waves} waves for ${classOf("product", size)}`);
    assert(2 * rows * cols / (4 * (rows + cols)) >= 16, "flop a byte");
    const all = candidates(size);
    assertEquals(all[0], usualTile(size));
    assert(all.length >= 8 && all.length <= 20, `${all.length} tiles are tried`);
    assert(all.every(runs));
  }
});

Deno.test("shape classes tell kinds and channels apart, and take sizes of images roughly", () => {
  const of = (n: number, m = 64) => classOf("window", { m, n, k: 576, products: 1 });
  assertEquals(of(12_544), of(12_800));
  assert(of(12_544) !== of(25_088) && of(12_544) !== of(12_544, 65));
});

/** A device that noted the class of one small product, and how to compute it again. */
function noted(device: Device): () => Tensor {
  const [m, n, k] = [70, 72, 40];
  const a = { x: empty(device, [m, k]), alongK: true, row: k, matrix: 0 };
  const b = { x: empty(device, [k, n]), alongK: false, row: n, matrix: 0 };
  for (const { x } of [a, b]) device.clear(x.storage);
  device.choices.measuring = true;
  const compute = () => {
    const y = empty(device, [m, n]);
    multiply(matrixProduct([m, n, k, 1], a, b), y);
    return y;
  };
  device.rehearse(compute);
  return compute;
}

Deno.test("the tuner picks the planted fastest tile, and products are computed by it", async () => {
  using device = await Device.open({ kernels: "buffers" });
  using _scope = device.scope();
  const compute = noted(device);
  const [name] = device.choices.missing.keys();
  const tried: string[] = [];
  const planted = "32x64x16/4x8";
  const measure = (_: Device, __: () => void, way: string) => {
    tried.push(way.replace(/\*\d+/, ""));
    return Promise.resolve(way.startsWith(planted) ? 70 : 100 + tried.length);
  };
  assertEquals(await tune(device, { measure }), 1);
  assert(tried.length > 8 && new Set(tried).size >= tried.length - 2, tried.join());
  assert(device.choices.get(name, () => assertNever())!.startsWith(planted));
  assertEquals(await tune(device, { measure }), 0);
  const before = device.dispatches;
  await read(compute());
  const slices = device.choices.entries("asked")[0][1].includes("*");
  assertEquals(device.dispatches - before, slices ? 2 : 1);
});

Deno.test("the tuner keeps the usual tile unless another is clearly faster, and skips what fails", async () => {
  for (const [other, chosen] of [[99, 0], [90, 1]]) {
    using device = await Device.open({ kernels: "buffers" });
    using _scope = device.scope();
    noted(device);
    const [[name, make]] = device.choices.missing;
    using trial = make();
    const measure = (_: Device, __: () => void, way: string) => {
      const i = trial.ways.indexOf(way);
      if (i === 2) return Promise.reject(new DeviceError("The GPU reported: too large"));
      return Promise.resolve(i === 0 ? 100 : i === 1 ? other : 200);
    };
    await tune(device, { measure });
    assertEquals(device.choices.get(name, () => assertNever()), trial.ways[chosen]);
  }
});

Deno.test("the device itself times tiles, and gives the memory of a trial back", async () => {
  using device = await Device.open({ kernels: "buffers" });
  using _scope = device.scope();
  noted(device);
  const { live } = device.pool;
  const [[name, make]] = device.choices.missing;
  device.choices.missing.set(name, () => {
    const trial = make();
    return { ...trial, ways: trial.ways.slice(1, 3), [Symbol.dispose]: trial[Symbol.dispose] };
  });
  await tune(device);
  assertEquals(device.choices.entries().length, 1);
  await device.idle();
  assertEquals(device.pool.live, live);
  assert(await device.time(() => noted(device)()) > 0);
});

function assertNever(): never {
  throw new Error("a trial of what is chosen");
}
