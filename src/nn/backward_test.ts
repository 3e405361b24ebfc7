import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { detach, parameter, read, reshape, type Tensor } from "../tensor/mod.ts";
import { add, mul, relu, scale, sub } from "../wgsl/mod.ts";
import { backward } from "./backward.ts";

const vector = (device: Device, ...values: number[]) =>
  parameter(device, new Float32Array(values), [values.length]);

/** Runs a test on a device and in a scope; the parameters it returns must then be all that is live. */
async function onDevice(test: (device: Device) => Promise<Tensor[]>): Promise<void> {
  using device = await Device.open();
  let parameters: Tensor[];
  {
    using _scope = device.scope();
    parameters = await test(device);
  }
  assertEquals(device.pool.live, parameters.length, "memory in use after the scope");
  for (const parameter of parameters) parameter.release();
  assertEquals([device.pool.live, device.pool.bytes], [0, 0]);
}

/** The gradients by the given tensors, in turn; nothing of the graph may stay in memory. */
async function gradients(build: () => Tensor, ...by: Tensor[]): Promise<number[][]> {
  const { pool } = by[0].device;
  const { live } = pool;
  const loss = build();
  const all = backward(loss);
  assertEquals(all.size, by.length);
  const found = await Promise.all(by.map(async (w) => [...await read(all.get(w)!)]));
  for (const x of [...all.values(), ...(by.includes(loss) ? [] : [loss])]) x.release();
  assertEquals(pool.live, live, "memory in use after backward");
  return found;
}

Deno.test("backward follows a chain and releases it, but for the loss", () =>
  onDevice(async (device) => {
    const w = vector(device, -1, 2, 3, -4, 5);
    const a = relu(w);
    const y = relu(reshape(a, [5, 1]));
    assertEquals([...await read(backward(y).get(w)!)], [0, 1, 1, 0, 1]);
    assertEquals([...await read(y)], [0, 2, 3, 0, 5]);
    assertEquals([a.released, y.released, w.released], [true, false, false]);
    assertEquals(backward(detach(w)).size, 0);
    assertEquals(await gradients(() => w, w), [[1, 1, 1, 1, 1]]);
    return [w];
  }));

Deno.test("a tensor that is used twice receives both gradients", () =>
  onDevice(async (device) => {
    const w = vector(device, 1, -2, 3);
    assertEquals(await gradients(() => mul(w, w), w), [[2, -4, 6]]);
    assertEquals(await gradients(() => add(w, w), w), [[2, 2, 2]]);
    assertEquals(await gradients(() => sub(w, w), w), [[0, 0, 0]]);
    const square = (x: Tensor) => mul(x, x);
    assertEquals(await gradients(() => square(scale(w, 2)), w), [[8, -16, 24]]);
    return [w];
  }));

Deno.test("a loss that is reached by two paths waits for both", () =>
  onDevice(async (device) => {
    const w = vector(device, 1, -2, 3);
    // The short path is met first in one order and last in the other.
    const long = (x: Tensor) => scale(relu(scale(x, 2)), 5);
    const one = (x: Tensor) => add(x, long(x));
    const other = (x: Tensor) => add(long(x), x);
    assertEquals(await gradients(() => one(relu(w)), w), [[11, 0, 11]]);
    assertEquals(await gradients(() => other(relu(w)), w), [[11, 0, 11]]);
    return [w];
  }));

Deno.test("adding up a gradient in place does not change one that shares its memory", () =>
  onDevice(async (device) => {
    const [w, v, u] = [1, 2, 3].map((value) => vector(device, value, value));
    // add hands the same dy to both of its inputs, and reshape a view of it.
    assertEquals(await gradients(() => add(add(w, v), scale(w, 10)), w, v), [[11, 11], [1, 1]]);
    assertEquals(await gradients(() => add(scale(w, 10), add(w, v)), w, v), [[11, 11], [1, 1]]);
    // Both parts of w's gradient are shared: with v's and with u's.
    const both = () => add(add(w, v), add(w, u));
    assertEquals(await gradients(both, w, v, u), [[2, 2], [1, 1], [1, 1]]);
    const turned = () => reshape(add(reshape(add(w, v), [2, 1]), reshape(w, [2, 1])), [1, 2]);
    assertEquals(await gradients(turned, w, v), [[2, 2], [1, 1]]);
    return [w, v, u];
  }));

Deno.test("gradients stop at frozen leaves, and what does not lead to a trained one is not run", () =>
  onDevice(async (device) => {
    const [w, v] = [vector(device, 1, 2), vector(device, 3, 4)];
    v.trained = false;
    const { dispatches } = device;
    const branch = relu(scale(v, 2));
    assertEquals(device.dispatches - dispatches, 2);
    assertEquals(await gradients(() => mul(w, branch), w), [[6, 8]]);
    assertEquals(branch.released, false, "it is no part of the chain");
    return [w, v];
  }));

/** An elementwise op on several values and on their derivatives by one leaf (a dual number). */
interface Rule {
  readonly inputs: number;
  op(...x: Tensor[]): Tensor;
  dual(...x: [value: number, slope: number][]): [value: number, slope: number];
}

const rules: readonly Rule[] = [
  { inputs: 2, op: add, dual: ([a, da], [b, db]) => [a + b, da + db] },
  { inputs: 2, op: sub, dual: ([a, da], [b, db]) => [a - b, da - db] },
  { inputs: 2, op: mul, dual: ([a, da], [b, db]) => [a * b, a * db + da * b] },
  { inputs: 1, op: relu, dual: ([a, da]) => a > 0 ? [a, da] : [0, 0] },
  { inputs: 1, op: (x) => scale(x, -0.5), dual: ([a, da]) => [-a / 2, -da / 2] },
  {
    inputs: 1,
    op: (x) => reshape(x, x.shape.length === 1 ? [x.size, 1] : [x.size]),
    dual: (x) => x,
  },
];

Deno.test("random graphs have the gradients that forward differentiation gives", () =>
  onDevice(async (device) => {
    const size = 5;
    const random = new Random("graphs");
    const leaves = [0, 1, 2].map(() =>
      vector(device, ...Array.from({ length: size }, () => random.uniform(-1, 1)))
    );
    const values = await Promise.all(leaves.map(read));
    for (let graph = 0; graph < 40; graph++) {
      using _scope = device.scope();
      const nodes = [...leaves];
      // duals[node][leaf][element]: every element depends on the same element of the leaves alone.
      const duals = leaves.map((_, node) =>
        leaves.map((_, leaf) =>
          Array.from(values[node], (v): [number, number] => [v, Number(node === leaf)])
        )
      );
      for (let n = 0; n < 14; n++) {
        const rule = rules[random.integer(rules.length)];
        const chosen = Array.from(
          { length: rule.inputs },
          () => nodes.length - 1 - random.integer(Math.min(6, nodes.length)),
        );
        const flat = chosen.map((i) => rule.inputs > 1 ? reshape(nodes[i], [size]) : nodes[i]);
        nodes.push(rule.op(...flat));
        duals.push(
          leaves.map((_, leaf) =>
            Array.from(
              { length: size },
              (_, e) => rule.dual(...chosen.map((i) => duals[i][leaf][e])),
            )
          ),
        );
      }
      // Everything at the end of the graph counts, so that many paths meet.
      const ends = nodes.slice(-4).map((node) => reshape(node, [size]));
      const found = backward(ends.reduce((sum, end) => add(sum, end)));
      for (const [l, leaf] of leaves.entries()) {
        const wanted = Array.from(
          { length: size },
          (_, e) => duals.slice(-4).reduce((sum, dual) => sum + dual[l][e][1], 0),
        );
        const gradient = found.get(leaf);
        if (gradient) assertNear(await read(gradient), wanted, 1e-5, `graph ${graph}, leaf ${l}`);
        else assert(wanted.every((slope) => slope === 0), `graph ${graph} has no leaf ${l}`);
      }
    }
    return leaves;
  }));

Deno.test("backward holds two activations at a time, not all of a chain", () =>
  onDevice(async (device) => {
    const n = 64 * 1024;
    const w = parameter(device, new Float32Array(n).fill(1), [n]);
    let y: Tensor = w;
    const { pool } = device;
    for (let i = 0; i < 20; i++) y = scale(y, 1.5);
    const [chain, { live }] = [pool.bytes, pool];
    pool.peak = 0;
    const dw = backward(y).get(w)!;
    assertEquals(pool.live, live - 19 + 1, "all but the loss are gone, the gradient has come");
    assert(pool.peak <= chain + 2 * 4 * n, `${pool.peak - chain} bytes above the chain`);
    assertNear(await read(dw), new Float64Array(n).fill(1.5 ** 20), 1e-5);
    return [w];
  }));
