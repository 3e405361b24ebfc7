import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { assertNear } from "../../tests/check_op.ts";
import { samplePairs } from "../../tests/sample_pairs.ts";
import { InputError } from "../files/error.ts";
import { loadExample } from "../data/augment/load_example.ts";
import { imageNet } from "../data/images/normalise.ts";
import type { View } from "../data/images/view.ts";
import { Device } from "../gpu/mod.ts";
import { read, reshape, type Tensor, tensor } from "../tensor/mod.ts";
import { avgPool, concat, globalAvgPool } from "../wgsl/mod.ts";
import { FeatureCache } from "./feature_cache.ts";
import { type FeatureEncoder, squareViews } from "./features.ts";
import type { Context } from "../options/command.ts";

const SIZE = 16;

/** A network whose features are its image, reduced to a half and to a quarter. */
function network() {
  const state = { encoded: 0 };
  const encode = (x: Tensor) => {
    state.encoded++;
    return [avgPool(x, { size: 2 }), avgPool(x, { size: 4 })];
  };
  const encoder: FeatureEncoder = { encode, normalisation: imageNet };
  return { state, encoder };
}

async function withCache(
  count: number,
  test: (
    device: Device,
    open: (options?: { key?: string; stopAt?: number; size?: number }) => Promise<FeatureCache>,
    at: { folder: string; images: string[]; encoded(): number },
  ) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  const { state, encoder } = network();
  try {
    const images = (await samplePairs(folder, count)).map(({ image }) => image);
    const open = async ({ key = "a", stopAt = -1, size = SIZE } = {}) => {
      const abort = new AbortController();
      const update = (done: number) => {
        if (done === stopAt) abort.abort(new Error("stopped"));
      };
      const context: Context = {
        device: () => Promise.resolve(device),
        progress: () => ({ update, done() {} }),
        log() {},
        signal: abort.signal,
      };
      const views = squareViews(size);
      const viewed = images.map((image) => ({ image, views }));
      return await FeatureCache.open(join(folder, "run"), encoder, viewed, key, context);
    };
    const encoded = () => state.encoded;
    await test(device, open, { folder: join(folder, "run"), images, encoded });
    assertEquals(device.pool.live, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function features(cache: FeatureCache, items: { index: number; view: number }[]) {
  using _scope = cache.device.scope();
  return await Promise.all(
    cache.batch(items).map(async (x) => ({
      shape: x.shape,
      data: await read(x),
    })),
  );
}

const path = (folder: string) => {
  const [own] = [...Deno.readDirSync(folder)].map(({ name }) => name);
  return join(folder, own, "features.f16");
};

Deno.test("kept features are those of the photograph asked for, and of its mirror image", () =>
  withCache(3, async (device, open, { images }) => {
    using cache = await open();
    assertEquals(cache.shapes, [[3, 8, 8], [3, 4, 4]]);
    const items = [2, 0, 1, 2].map((index, i) => ({ index, view: i % 2 }));
    const found = await features(cache, items);
    for (const [f, size] of [2, 4].entries()) {
      assertEquals(found[f].shape, [4, 3, SIZE / size, SIZE / size]);
      for (const [i, { index, view: kept }] of items.entries()) {
        using _scope = device.scope();
        const view = { width: SIZE, height: SIZE, flip: kept === 1 };
        const job = { image: images[index], view, seed: 0, normalise: imageNet };
        const planes = (await loadExample(job)).planes as Float32Array<ArrayBuffer>;
        const x = tensor(device, planes, [1, 3, SIZE, SIZE]);
        const wanted = await read(avgPool(x, { size }));
        const own = found[f].data.slice(i * wanted.length, (i + 1) * wanted.length);
        assertNear(own, wanted, 1e-3, `feature ${f} of item ${i}`);
      }
    }
  }));

Deno.test("an interrupted computation goes on where it stopped, and gives the same bytes", () =>
  withCache(5, async (_device, open, { folder, encoded }) => {
    await assertRejects(() => open({ stopAt: 2 }), Error, "stopped");
    const file = path(folder);
    const bytes = (await Deno.stat(file)).size;
    const record = 2 * 3 * (64 + 16) * 2;
    assert(bytes >= 2 * record && bytes < 5 * record, `${bytes} bytes`);
    await Deno.truncate(file, 2 * record + 7); // as if it had been cut in the middle of a record
    const before = encoded();
    (await open())[Symbol.dispose]();
    assertEquals(encoded() - before, 6 + 1, "three photographs twice, and one to see the shapes");
    const resumed = await Deno.readFile(file);
    assertEquals(resumed.length, 5 * record);
    (await open())[Symbol.dispose]();
    assertEquals(encoded() - before, 6 + 2, "nothing is left to do");
    await Deno.remove(file);
    (await open())[Symbol.dispose]();
    assertEquals(await Deno.readFile(file), resumed);
  }));

Deno.test("features of a photograph that was replaced are computed again, the others kept", () =>
  withCache(4, async (_device, open, { folder, images, encoded }) => {
    (await open())[Symbol.dispose]();
    const file = path(folder);
    const before = await Deno.readFile(file);
    for (const i of [1, 3]) {
      await Deno.copyFile(images[2], images[i]);
      await Deno.utime(images[i], 1e9, 1e9);
    }
    const count = encoded();
    await assertRejects(() => open({ stopAt: 3 }), Error, "stopped");
    (await open())[Symbol.dispose]();
    const all = 2 * (2 + 1) + 1;
    assertEquals(encoded() - count, all, "two photographs, and a view that was under way");
    (await open())[Symbol.dispose]();
    assertEquals(encoded() - count, all + 1, "nothing is left to do");
    const record = before.length / 4;
    const after = await Deno.readFile(file);
    const at = (bytes: Uint8Array, i: number) => bytes.subarray(i * record, (i + 1) * record);
    for (const [now, was] of [[0, 0], [1, 2], [2, 2], [3, 2]]) {
      assertEquals(at(after, now), at(before, was), `record ${now}`);
    }
    assert(at(before, 1).some((byte, i) => byte !== at(after, 1)[i]));
  }));

Deno.test("other weights, sizes or photographs have features of their own", () =>
  withCache(2, async (_device, open, { folder, encoded }) => {
    (await open())[Symbol.dispose]();
    const before = encoded();
    (await open({ key: "b" }))[Symbol.dispose]();
    (await open({ size: 32 }))[Symbol.dispose]();
    assertEquals(encoded() - before, 2 * 5);
    (await open())[Symbol.dispose]();
    assertEquals(encoded() - before, 2 * 5 + 1);
    assertEquals([...Deno.readDirSync(folder)].length, 3);
  }));

Deno.test("views of any size are kept together when their features have one shape", () =>
  withCache(2, async (device, _open, { folder, images }) => {
    const views = [{ width: 16, height: 8 }, { width: 24, height: 16, flip: true }];
    const context: Context = {
      device: () => Promise.resolve(device),
      progress: () => ({ update() {}, done() {} }),
      log() {},
      signal: new AbortController().signal,
    };
    const open = (encode: FeatureEncoder["encode"]) =>
      FeatureCache.open(
        folder,
        { encode, normalisation: imageNet },
        images.map((image) => ({ image, views })),
        "pooled",
        context,
      );
    const encode = (x: Tensor) => {
      const pooled = globalAvgPool(x);
      return [reshape(concat([pooled, pooled, pooled, pooled]), [1, 12, 1, 1])];
    };
    using cache = await open(encode);
    const [found] = await features(cache, [{ index: 1, view: 1 }, { index: 0, view: 0 }]);
    for (const [i, [image, view]] of [[images[1], views[1]], [images[0], views[0]]].entries()) {
      const job = { image: image as string, view: view as View, seed: 0, normalise: imageNet };
      const { planes } = await loadExample(job);
      const third = planes.length / 3;
      const means = [0, 1, 2].map((c) =>
        planes.subarray(c * third, (c + 1) * third).reduce((a, b) => a + b) / third
      );
      assertNear(found.data.slice(12 * i, 12 * i + 3), Float32Array.from(means), 2e-3, `view ${i}`);
    }
    await assertRejects(
      () => open((x) => [avgPool(x, { size: 2 })]),
      TypeError,
      "Cannot keep features [3,8,12]",
    );
  }));

Deno.test("a file that is cut short or held by another process is named", () =>
  withCache(2, async (_device, open, { folder }) => {
    using cache = await open();
    const file = path(folder);
    await Deno.truncate(file, 100);
    assertThrows(
      () => cache.batch([{ index: 1, view: 0 }]),
      InputError,
      `Cannot read ${file}: it is cut short. Delete it and run again.`,
    );
    {
      using other = await Deno.open(file, { write: true });
      await other.lock(true);
      await assertRejects(() => open(), InputError, "another process is computing it");
    }
    (await open())[Symbol.dispose]();
  }));
