import { assert, assertEquals, assertThrows } from "@std/assert";
import { Device } from "./device.ts";
import { DeviceError } from "./error.ts";
import { bucket, Pool } from "./pool.ts";

Deno.test("bucket wastes at most an eighth and is a multiple of 256", () => {
  for (let bytes = 4; bytes < 2 ** 30; bytes = Math.ceil(bytes * 1.037 / 4) * 4) {
    const size = bucket(bytes);
    assert(size >= bytes && size % 256 === 0, `${bytes} -> ${size}`);
    assert(size <= 256 || size < bytes * 1.125 + 256, `${bytes} -> ${size}`);
    assertEquals(bucket(size), size, "a bucket's size is its own bucket");
  }
});

Deno.test("Pool counts what is in use and gives the same buffers out again", async () => {
  using device = await Device.open();
  const { pool } = device;
  const [a, b] = [pool.take(1000), pool.take(3000)];
  assertEquals([pool.live, pool.bytes, pool.peak], [2, 1024 + 3072, 4096]);
  assertEquals(pool.reserved, 0, "a buffer is made at its first use");
  const { buffer } = a;
  assertEquals([buffer.size, pool.reserved], [1024, 1024]);
  a.release();
  a.release();
  b.release();
  assertEquals([pool.live, pool.bytes, pool.peak, pool.reserved], [0, 0, 4096, 1024]);
  const c = pool.take(900);
  assert(c.buffer === buffer && c.id !== a.id);
  assertThrows(() => a.retain(), ReferenceError, "it was released");
  assertEquals(a.released && !c.released, true);
});

Deno.test("Pool gives out first what was made first, in whatever order it came back", async () => {
  using device = await Device.open();
  const { pool } = device;
  const taken = () => Array.from({ length: 3 }, () => pool.take(1024));
  const made = taken();
  const buffers = made.map(({ buffer }) => buffer);
  const textures = made.map((own) => own.texels = pool.takeTexels(own));
  for (const order of [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1]]) {
    for (const i of order) made[i].release();
    made.splice(0, 3, ...taken());
    assertEquals(made.map(({ buffer }) => buffers.indexOf(buffer)), [0, 1, 2]);
    for (const own of made) own.texels = pool.takeTexels(own);
    assertEquals(made.map(({ texels }) => textures.indexOf(texels!)), [0, 1, 2]);
  }
});

Deno.test("memory that is shared goes back with its last user", async () => {
  using device = await Device.open();
  const { pool } = device;
  const shared = pool.take(256).retain();
  shared.release();
  assertEquals([pool.live, shared.released], [1, false]);
  shared.release();
  assertEquals([pool.live, shared.released], [0, true]);
});

Deno.test("a read gives back only what exceeds the limit, and what was used longest ago", async () => {
  using device = await Device.open({ idleBytes: 4096 });
  const { pool } = device;
  const [old, late] = [4096, 2048].map((bytes) => pool.take(bytes));
  device.clear(old);
  await device.read(old, 4);
  device.clear(late);
  old.release();
  late.release();
  await device.read(pool.take(256), 4);
  assertEquals(pool.reserved, 256 + 2048);
});

Deno.test("unused memory beyond the limit is given back to the system at a read", async () => {
  for (const idleBytes of [0, 1 << 20]) {
    using device = await Device.open({ idleBytes });
    const { pool } = device;
    const [used, unused] = [pool.take(4096), pool.take(4096)];
    device.clear(used);
    device.clear(unused);
    pool.changed(Object.assign(unused, { texels: pool.takeTexels(unused) }));
    assertEquals(pool.reserved, 8192 + 16_384);
    unused.release();
    await device.read(used, 4);
    assertEquals(pool.reserved, idleBytes === 0 ? 4096 : 8192 + 16_384);
    // Memory that is given out again and again is not more and more unused memory.
    for (let i = 0; i < 300; i++) pool.take(4096).release();
    for (let i = 0; i < 300; i++) {
      const again = pool.take(4096);
      device.clear(again);
      again.release();
    }
    await device.read(used, 4);
    assertEquals(pool.reserved, idleBytes === 0 ? 4096 : 8192 + 16_384);
    // What is left must still work.
    const next = pool.take(4096);
    device.clear(next);
    device.copy(next, used, 4);
    assertEquals(new Uint32Array(await device.read(used, 4)), new Uint32Array(1));
  }
});

Deno.test("where tensors may be texels, they are no larger than a texture", () => {
  const limits = { maxStorageBufferBindingSize: 2 ** 30 + 2, maxTextureDimension2D: 8192 };
  const limitOf = (texels: boolean) => new Pool({ limits } as GPUDevice, 0, texels).limit;
  assertEquals([limitOf(true), limitOf(false)], [2 ** 27, 2 ** 30]);
  assertThrows(
    () => new Pool({ limits } as GPUDevice, 0, true).take(2 ** 27 + 4),
    DeviceError,
    "Cannot allocate 134217732 bytes: the adapter binds at most 134217728 bytes at once.",
  );
});

Deno.test("a tensor that the adapter cannot bind is refused with the reason and a remedy", async () => {
  using device = await Device.open();
  const { limit } = device.pool;
  assertEquals(limit <= device.gpu.limits.maxStorageBufferBindingSize, true);
  assertThrows(
    () => device.pool.take(limit + 4),
    DeviceError,
    `Cannot allocate ${limit + 4} bytes: the adapter binds at most ${limit} bytes at once. ` +
      "Use smaller images or a smaller batch.",
  );
  assertEquals([device.pool.live, device.pool.bytes], [0, 0]);
  device.pool.take(limit).release(); // its bucket may not exceed the limit either
});
