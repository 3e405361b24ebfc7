import { assertEquals, assertThrows } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { backward } from "../nn/backward.ts";
import { mul, relu, scale } from "../wgsl/mod.ts";
import {
  broadcastShape,
  derive,
  derived,
  detach,
  empty,
  keep,
  nchw,
  parameter,
  read,
  readIndices,
  reshape,
  rowsColumns,
  type Tensor,
  tensor,
  tracks,
  untracked,
  view,
} from "./mod.ts";

const numbers = (...values: number[]) => new Float32Array(values);
const values = async (x: Tensor) => [...await read(x)];

Deno.test("broadcastShape aligns at the right and stretches ones", () => {
  assertEquals(broadcastShape([2, 3], [2, 3]), [2, 3]);
  assertEquals(broadcastShape([2, 1, 4], [3, 1]), [2, 3, 4]);
  assertEquals(broadcastShape([3, 1], [2, 1, 4]), [2, 3, 4]);
  assertEquals(broadcastShape([], [5]), [5]);
  for (const [a, b] of [[[2, 3], [3, 2]], [[4], [5]], [[2, 3], [2, 3, 1]]]) {
    const shapes = `[${a}] and [${b}]`;
    assertThrows(
      () => broadcastShape(a, b),
      TypeError,
      `Cannot broadcast: shapes ${shapes} differ`,
    );
  }
});

Deno.test("shapes of images and matrices are checked by their number of dimensions", () => {
  assertEquals(nchw("fold", [1, 2, 3, 4]), [1, 2, 3, 4]);
  assertThrows(
    () => nchw("fold", [2, 3, 4]),
    TypeError,
    "Cannot fold: expected 4 dimensions, got [2",
  );
  assertEquals(rowsColumns("fold", [3, 4]), [3, 4]);
  assertThrows(() => rowsColumns("fold", [1, 3, 4]), TypeError, "expected 2 dimensions");
});

Deno.test("tensors are made of as many values as their shape has, of whole positive sizes", async () => {
  using device = await Device.open();
  assertEquals(await values(tensor(device, numbers(1, 2, 3), [3, 1])), [1, 2, 3]);
  const labels = tensor(device, new Uint32Array([7, 2 ** 32 - 1]), [2]);
  assertEquals([labels.dtype, ...await readIndices(labels)], ["u32", 7, 2 ** 32 - 1]);
  const { live } = device.pool;
  assertThrows(() => tensor(device, numbers(1, 2), [3]), TypeError, "2 values for the shape [3]");
  assertThrows(
    () => parameter(device, numbers(1, 2), [3]),
    TypeError,
    "2 values for the shape [3]",
  );
  const wrong = (data: unknown) => data as Float32Array<ArrayBuffer>;
  for (const data of [[1, 2], Float64Array.of(1, 2), Int32Array.of(1, 2), Uint8Array.of(1, 2)]) {
    assertThrows(
      () => tensor(device, wrong(data), [2]),
      TypeError,
      `of the type ${data.constructor.name}: give a Float32Array or Uint32Array`,
    );
  }
  assertThrows(
    () => parameter(device, wrong(Uint32Array.of(1, 2)), [2]),
    TypeError,
    "Cannot make a tensor of values of the type Uint32Array: give a Float32Array",
  );
  for (const shape of [[0], [2, -1], [1.5], [NaN]]) {
    assertThrows(() => empty(device, shape), TypeError, `of shape [${shape}]`);
  }
  assertEquals(device.pool.live, live);
});

Deno.test("reshape is the same memory, and its gradient the same under the old shape", async () => {
  using device = await Device.open();
  const w = parameter(device, numbers(1, 2, 3, 4, 5, 6), [2, 3]);
  const factor = tensor(device, numbers(6, 5, 4, 3, 2, 1), [3, 2]);
  const flat = reshape(w, [3, 2]);
  assertEquals(flat.storage === w.storage, true);
  const gradient = backward(mul(flat, factor)).get(w)!;
  assertEquals([gradient.shape, await values(gradient)], [[2, 3], [6, 5, 4, 3, 2, 1]]);
  assertThrows(() => reshape(w, [4, 2]), TypeError, "Cannot view [2,3] as [4,2]");
});

Deno.test("what is untracked or detached has no gradient, and the value", async () => {
  using device = await Device.open();
  const w = parameter(device, numbers(1, -2), [2]);
  assertEquals([w.tracked, tracks(w), tracks(tensor(device, numbers(1), [1]))], [
    true,
    true,
    false,
  ]);
  const [plain, free] = [relu(w), untracked(() => [relu(w), tracks(w)] as const)];
  assertEquals([plain.tracked, free[0].tracked, free[1]], [true, false, false]);
  assertThrows(() =>
    untracked(() => {
      throw new Error("stop");
    })
  );
  assertEquals(tracks(w), true, "tracking goes on after an error");
  const cut = detach(scale(w, 3));
  assertEquals([cut.tracked, await values(cut)], [false, [3, -6]]);
  // y = 3 w . w through the second factor alone: dy/dw = 3 w, not 6 w.
  assertEquals(await values(backward(mul(cut, w)).get(w)!), [3, -6]);
  w.trained = false;
  assertEquals(relu(w).tracked, false, "a frozen leaf");
});

Deno.test("a detached tensor keeps the memory that backward gives back", async () => {
  using device = await Device.open();
  const w = parameter(device, numbers(2, -1), [2]);
  const start = device.pool.live;
  {
    using _scope = device.scope();
    const hidden = relu(w);
    const kept = detach(hidden);
    const loss = scale(hidden, 2);
    backward(loss).get(w)!.release();
    assertEquals([hidden.released, kept.released], [true, false]);
    assertEquals(await values(kept), [2, 0]);
  }
  assertEquals(device.pool.live, start);
});

Deno.test("derive keeps the pullbacks of tracked inputs alone", async () => {
  using device = await Device.open();
  const [w, x] = [parameter(device, numbers(1), [1]), tensor(device, numbers(1), [1])];
  const pull = (dy: Tensor) => dy;
  const y = derive(empty(device, [1]), [x, pull], [w, pull]);
  assertEquals(y.edges.map(({ input }) => input === w), [true]);
  assertEquals(derive(empty(device, [1]), [x, pull]).tracked, false);
});

Deno.test("parameters and kept tensors outlive scopes; release returns memory once", async () => {
  using device = await Device.open();
  const { pool } = device;
  let [w, kept, inner]: Tensor[] = [];
  {
    using _scope = device.scope();
    w = parameter(device, numbers(1), [1]);
    kept = keep(tensor(device, numbers(2), [1]));
    inner = view(kept, [1, 1]);
  }
  assertEquals([w.released, kept.released, inner.released, pool.live], [false, false, true, 2]);
  assertEquals([await values(w), await values(kept)], [[1], [2]]);
  for (const x of [w, w, kept]) x.release();
  assertEquals([pool.live, pool.bytes], [0, 0]);
  assertThrows(() => view(kept, [1]), ReferenceError, "it was released");
});

Deno.test("what was derived from values is given back when they change, and with them", async () => {
  using device = await Device.open();
  const x = parameter(device, new Float32Array([1, 2]), [2]);
  const { live } = device.pool;
  let made = 0;
  const doubled = () =>
    derived(x, "doubled", [2], (y) => {
      made++;
      device.copy(x.storage, y.storage, 8);
    });
  const first = doubled();
  const again = doubled();
  assertEquals([made, again.storage === first.storage], [1, true]);
  device.rehearse(() => doubled().release());
  for (const y of [first, again]) y.release();
  assertEquals(device.pool.live, live + 1, "kept");
  device.write(x.storage, new Float32Array([3, 4]));
  assertEquals(device.pool.live, live, "the values changed");
  device.rehearse(() => doubled().release());
  assertEquals(device.pool.live, live, "a rehearsal has no values to keep");
  const last = doubled();
  assertEquals([made, [...await read(last)]], [3, [3, 4]]);
  last.release();
  x.release();
  assertEquals(device.pool.live, live - 1, "released");
});
