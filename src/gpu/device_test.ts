import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Device } from "./device.ts";
import { DeviceError } from "./error.ts";
import { kernel } from "./kernel.ts";
import type { Storage } from "./storage.ts";

// y[at] = x[0] + value
const put = kernel(
  "put",
  `struct Params { at: u32, value: f32 }
  @group(0) @binding(0) var<storage, read> x: array<f32>;
  @group(0) @binding(1) var<storage, read_write> y: array<f32>;
  @group(0) @binding(2) var<uniform> params: Params;
  @compute @workgroup_size(1) fn main() { y[params.at] = x[0] + params.value; }`,
);

// y[i] = y[i] + 1 for every thread of a long line
const count = kernel(
  "count",
  `override WG: u32 = 64;
  struct Params { size: u32 }
  @group(0) @binding(0) var<storage, read_write> y: array<u32>;
  @group(0) @binding(1) var<uniform> params: Params;
  @compute @workgroup_size(WG)
  fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.x + id.y * groups.x * WG;
    if (i < params.size) { y[i] += 1u; }
  }`,
);

const BOTH = `
  @group(0) @binding(0) var<storage, read> x: array<vec4f>;
  @group(0) @binding(1) var<storage, read_write> y: array<vec4f>;`;
const MAIN = "@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u)";
// y = x, which is read as texels
const fromTexels = kernel(
  "from_texels",
  BOTH,
  `fn ld_x(i: u32) -> vec4f { return x[i]; }
  ${MAIN} { if (id.x < arrayLength(&y)) { y[id.x] = ld_x(id.x); } }`,
);
function storage(device: Device, ...values: number[]): { storage: Storage } {
  const taken = device.pool.take(4 * Math.max(values.length, 1));
  if (values.length > 0) device.write(taken, new Float32Array(values));
  return { storage: taken };
}

async function floats(device: Device, { storage }: { storage: Storage }, length: number) {
  return [...new Float32Array(await device.read(storage, 4 * length))];
}

Deno.test("run refuses what does not fit the shader, and goes on afterwards", async () => {
  using device = await Device.open();
  const [x, y, gone] = [storage(device, 3), storage(device, 0), storage(device, 0)];
  gone.storage.release();
  const params = { at: 0, value: 1 };
  const run = (resources: Record<string, { storage: Storage }>, given: Record<string, number>) =>
    device.run(put, resources, { params: given, threads: 1 });
  assertThrows(() => run({ x, y }, { at: 0 }), TypeError, "put: parameter value is missing");
  assertThrows(
    () => run({ x, y }, { ...params, too: 1 }),
    TypeError,
    "put: it has no parameter too",
  );
  assertThrows(() => run({ x }, params), TypeError, "put: argument y is missing");
  assertThrows(() => run({ x, y, z: x }, params), TypeError, "put: it has no argument z");
  assertThrows(() => run({ x: gone, y }, params), ReferenceError, "put: argument x was released");
  assertThrows(() => run({ x: y, y }, params), TypeError, "put: y, which it writes, shares its");
  assertThrows(() => device.write(gone.storage, new Float32Array(1)), ReferenceError);
  await assertRejects(() => device.read(gone.storage, 4), ReferenceError);
  // Refused dispatches must not use up the memory of the parameters.
  for (let i = 0; i < 20_000; i++) assertThrows(() => run({ x }, params), TypeError);
  run({ x, y }, params);
  assertEquals(await floats(device, y, 1), [4]);
});

Deno.test("run refuses overrides that do not fit, and dispatches that are too large", async () => {
  using device = await Device.open();
  const needy = kernel("needy", "override N: u32; @compute @workgroup_size(N) fn main() {}");
  assertThrows(() => device.run(needy, {}, { threads: 1 }), TypeError, "needy: override N is");
  const overrides = { M: 1 };
  assertThrows(
    () => device.run(needy, {}, { threads: 1, overrides: { ...overrides, N: 1 } }),
    TypeError,
    "needy: it has no override M",
  );
  const wide = [1, 65_536] as const;
  assertThrows(
    () => device.run(needy, {}, { threads: wide, overrides: { N: 1 } }),
    RangeError,
    "Cannot run needy: 1,65536,1 workgroups exceed 65535",
  );
  const before = device.dispatches;
  for (const threads of [0, [4, 0]] as const) {
    device.run(needy, {}, { threads, overrides: { N: 1 } });
  }
  assertEquals(device.dispatches, before, "no thread, no dispatch");
});

Deno.test("run refuses loops that software drivers cut short, on those alone", async () => {
  const long = kernel("long", "@compute @workgroup_size(1) fn main() {}");
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    const run = (trips: number) => device.run(long, {}, { threads: 1, trips });
    run(60_000);
    if (kernels === "texels") assertThrows(() => run(60_001), RangeError, "long: 60001 loop");
    else run(60_001);
    await device.idle();
  }
});

Deno.test("an invalid shader is reported at the next read, by name and once", async () => {
  using device = await Device.open();
  const bad = kernel(
    "badly_spelt",
    `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(1) fn main() { y[0] = nonsense; }`,
  );
  const y = storage(device, 7);
  device.run(bad, { y }, { threads: 1 });
  const error = await assertRejects(() => device.read(y.storage, 4), DeviceError);
  assertStringIncludes(error.message, "badly_spelt");
  assertStringIncludes(error.message, "y[0] = nonsense");
  assertEquals(await floats(device, y, 1), [7]);
});

Deno.test("an error of the GPU is latched until it can be thrown", async () => {
  using device = await Device.open();
  const y = storage(device, 7);
  device.write(y.storage, new Float32Array(100_000)); // beyond its end
  const error = await assertRejects(() => device.idle(), DeviceError);
  assertStringIncludes(error.message, "The GPU reported: ");
  await device.idle();
});

Deno.test("a lost device is an error of every read; a closed one is none", async () => {
  const device = await Device.open();
  const y = storage(device, 7);
  device.gpu.destroy();
  for (let i = 0; i < 2; i++) {
    device.run(put, { x: storage(device, 1), y }, { params: { at: 0, value: 0 }, threads: 1 });
    const error = await assertRejects(() => device.read(y.storage, 4), DeviceError);
    assertMatch(
      error.message,
      /^Cannot use the GPU: the device was lost .*\. Run the command again\.$/,
    );
  }
  const other = await Device.open();
  other[Symbol.dispose]();
  await other.gpu.lost;
  other.check();
});

Deno.test("parameters of more dispatches than their memory holds all arrive", async () => {
  using device = await Device.open();
  const slots = 2 ** 18 / device.gpu.limits.minUniformBufferOffsetAlignment;
  const n = slots + 10;
  const [x, y] = [storage(device, 0.5), { storage: device.pool.take(4 * n) }];
  for (let at = 0; at < n; at++) {
    device.run(put, { x, y }, { params: { at, value: at }, threads: 1 });
  }
  assertEquals(await floats(device, y, n), Array.from({ length: n }, (_, i) => i + 0.5));
});

Deno.test("a line of threads beyond 65,535 workgroups reaches every element once", async () => {
  using device = await Device.open();
  const wg = 8;
  for (const size of [65_535 * wg, 65_537 * wg - 1, 3 * 65_535 * wg - 5]) {
    const y = { storage: device.pool.take(4 * size) };
    device.clear(y.storage);
    device.run(count, { y }, { params: { size }, threads: size, overrides: { WG: wg } });
    const counts = new Uint32Array(await device.read(y.storage, 4 * size));
    assertEquals(counts.findIndex((n) => n !== 1), -1, `of ${size}`);
    y.storage.release();
  }
});

Deno.test("uploads, copies and clearings keep their place among dispatches", async () => {
  using device = await Device.open();
  const [x, y] = [storage(device, 1), storage(device, 0, 0, 0, 0)];
  const run = (at: number) => device.run(put, { x, y }, { params: { at, value: 0 }, threads: 1 });
  run(0);
  device.write(x.storage, new Float32Array([2]));
  run(1);
  device.clear(x.storage, 4);
  run(2);
  device.copy(y.storage, x.storage, 4, 4);
  run(3);
  assertEquals(await floats(device, y, 4), [1, 2, 0, 2]);
  assertEquals([...new Float32Array(await device.read(y.storage, 8, 4))], [2, 0], "from byte 4");
});

Deno.test("memory that is given out again is not overwritten before its last reader", async () => {
  using device = await Device.open();
  const [x, y] = [storage(device, 5), storage(device, 0)];
  device.run(put, { x, y }, { params: { at: 0, value: 0 }, threads: 1 });
  const { buffer } = x.storage;
  x.storage.release();
  const next = storage(device, 6);
  assert(next.storage.buffer === buffer, "the pool gave the buffer out again");
  assertEquals([await floats(device, y, 1), await floats(device, next, 1)], [[5], [6]]);
});

Deno.test("texels are made once, and anew after each kind of write", async () => {
  using device = await Device.open({ kernels: "texels" });
  const n = 4 * 1024 + 260; // two rows, the second cut short
  const data = Float32Array.from({ length: n }, (_, i) => i);
  const [x, y] = [{ storage: device.pool.take(4 * n) }, { storage: device.pool.take(4 * n) }];
  const seen = async () => {
    device.run(fromTexels, { x, y }, { threads: n / 4 });
    return new Float32Array(await device.read(y.storage, 4 * n));
  };
  device.write(x.storage, data);
  assertEquals(await seen(), data);
  const { texels } = x.storage;
  assertEquals(await seen(), data);
  assert(texels !== undefined && x.storage.texels === texels, "kept while nothing is written");
  device.write(x.storage, new Float32Array([-1]));
  assertEquals((await seen())[0], -1);
  device.clear(x.storage, 4);
  assertEquals((await seen())[0], 0);
  device.copy(storage(device, -2).storage, x.storage, 4);
  assertEquals((await seen())[0], -2);
  const one = storage(device, 1);
  device.run(put, { x: one, y: x }, { params: { at: 0, value: -4 }, threads: 1 });
  assertEquals((await seen())[0], -3);
});

Deno.test("memory in use counts copies as texels, in a rehearsal too", async () => {
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    const { pool } = device;
    const row = kernels === "texels" ? 16_384 : 0; // the least that texels take
    const work = () => {
      const [x, y, z] = [1, 2, 3].map(() => ({ storage: pool.take(1024) }));
      device.run(fromTexels, { x, y }, { threads: 64 });
      device.run(fromTexels, { x, y }, { threads: 64 });
      device.run(fromTexels, { x: y, y: z }, { threads: 64 });
      device.run(fromTexels, { x: z, y }, { threads: 64 }); // that of y is given back
      for (const { storage } of [x, y, z]) storage.release();
    };
    assertEquals(device.rehearse(work), 3 * 1024 + 3 * row, kernels);
    assertEquals([pool.bytes, pool.copies, pool.peak], [0, 0, 0]);
    work();
    assertEquals([pool.bytes, pool.copies, pool.peak], [0, 0, 3 * 1024 + 3 * row]);
    await device.idle();
  }
});

Deno.test("the family of kernels decides what is bound, and a dispatch may keep to buffers", async () => {
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    const [x, y] = [storage(device, 1, 2, 3, 4), storage(device, 0)];
    device.run(fromTexels, { x, y }, { threads: 1, buffers: true });
    assertEquals(x.storage.texels, undefined);
    assertEquals(await floats(device, y, 4), [1, 2, 3, 4]);
    device.run(fromTexels, { x, y }, { threads: 1 });
    assertEquals(x.storage.texels !== undefined, kernels === "texels");
    assertEquals(await floats(device, y, 4), [1, 2, 3, 4]);
  }
});

Deno.test("texels are chosen where the adapter is software and reads storage textures", async () => {
  const features = "wgslLanguageFeatures";
  Object.defineProperty(navigator.gpu, features, { value: new Set(), configurable: true });
  try {
    using device = await Device.open();
    const asked = Deno.env.get("HENKA_KERNELS");
    assertEquals(device.texels, false);
    assertEquals(asked, undefined);
    await assertRejects(
      () => Device.open({ kernels: "texels" }),
      DeviceError,
      "this adapter reads no storage textures. Say buffers, or unset it.",
    );
  } finally {
    delete (navigator.gpu as unknown as Record<string, unknown>)[features];
  }
});

Deno.test("a profile counts the dispatches of each kernel", async () => {
  const device = await Device.open({ profile: true }).catch((error) => {
    assert(error instanceof DeviceError && error.message.includes("no timestamp queries"));
  });
  if (!device) return;
  using _device = device;
  const y = { storage: device.pool.take(256) };
  const n = 1500; // more than one set of queries holds
  device.clear(y.storage);
  for (let i = 0; i < n; i++) device.run(count, { y }, { params: { size: 64 }, threads: 64 });
  const times = await device.profile();
  assertEquals(times.map(({ name, count }) => [name, count]), [["count", n]]);
  assert(times[0].nanoseconds > 0);
  assertEquals(new Uint32Array(await device.read(y.storage, 4)), new Uint32Array([n]));
  assertEquals(await device.profile(), []);
});

Deno.test("rehearse counts the memory of work without taking it, writing or running", async () => {
  using device = await Device.open();
  const { pool } = device;
  const x = pool.take(1024);
  device.write(x, new Float32Array(256).fill(1));
  const [before, reserved] = [device.dispatches, pool.reserved];
  const most = device.rehearse(() => {
    const y = pool.take(4096);
    const z = pool.take(2048);
    device.write(x, new Float32Array(256).fill(2));
    device.clear(x);
    device.copy(y, x, 1024);
    device.run(put, { x: { storage: y }, y: { storage: x } }, {
      params: { at: 0, value: 3 },
      threads: 1,
    });
    z.release();
    pool.take(1024).release();
    y.release();
  });
  assertEquals(most, 1024 + 4096 + 2048);
  assertEquals([pool.live, pool.bytes, pool.peak], [1, 1024, 1024]);
  assertEquals([device.dispatches, pool.reserved], [before, reserved]);
  assertEquals(new Float32Array(await device.read(x, 8)), new Float32Array([1, 1]));
  x.release();
  assertThrows(() => device.rehearse(() => device.clear(x)), ReferenceError);
  const y = pool.take(256);
  device.write(y, new Float32Array(64).fill(5)); // after an error too
  assertEquals(new Float32Array(await device.read(y, 4)), new Float32Array([5]));
  y.release();
});
