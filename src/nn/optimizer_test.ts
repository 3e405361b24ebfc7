import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../tests/check_op.ts";
import type { Device } from "../gpu/mod.ts";
import { parameter, read, sizeOf, type Tensor, tensor } from "../tensor/mod.ts";
import { batchNorm, concat, conv2d, fill, split, sum } from "../wgsl/mod.ts";
import { backward } from "./backward.ts";
import { Adam, type Optimizer, Sgd } from "./optimizer.ts";

const SIZES = [7, 300];
const LR = [0.3, 0.2, 0.1];
const DECAY = 0.05;
const HEAD_RATE = 10;

/** Two parameters, the second in a group of its own rate and without decay, and an idle third. */
function setting(device: Device) {
  const [body, head, idle] = [...SIZES, 5].map((n, i) => parameter(device, values(n, i), [n]));
  const groups = [
    { parameters: [["body", body], ["idle", idle]] as const, decay: DECAY },
    { parameters: [["head", head]] as const, rate: HEAD_RATE },
  ];
  return { body, head, idle, groups };
}

type Update = (w: number, g: number, slot: number[], lr: number, step: number) => number;

/** Three steps on the GPU against the same in float64. */
async function compare(
  device: Device,
  make: (groups: ReturnType<typeof setting>["groups"]) => Optimizer,
  update: Update,
  bound: number,
): Promise<Optimizer> {
  const { body, head, idle, groups } = setting(device);
  const optimizer = make(groups);
  const tensors = [body, head];
  const wanted = SIZES.map((n, i) => Float64Array.from(values(n, i)));
  const memory = SIZES.map((n) => Array.from({ length: n }, () => [0, 0]));
  for (const [step, lr] of LR.entries()) {
    const gradients = SIZES.map((n, i) => values(n, 10 * step + i + 3));
    const given = new Map<Tensor, Tensor>(
      tensors.map((w, i) => [w, tensor(device, gradients[i], w.shape)]),
    );
    optimizer.step(given, lr);
    assertEquals([...given.values()].every((g) => g.released), true, "gradients are freed");
    wanted.forEach((w, i) => {
      const [rate, decay] = i === 0 ? [lr, DECAY] : [lr * HEAD_RATE, 0];
      w.forEach((v, j) => {
        w[j] = update(v, gradients[i][j] + decay * v, memory[i][j], rate, step + 1);
      });
    });
  }
  for (const [i, w] of tensors.entries()) assertNear(await read(w), wanted[i], bound, `group ${i}`);
  assertEquals(await read(idle), values(5, 2), "without a gradient nothing moves");
  assertEquals(optimizer.steps, 3);
  for (const w of [body, head, idle]) w.release();
  for (const [, x] of optimizer.state()) x.release();
  return optimizer;
}

const paths = (optimizer: Optimizer) => [...optimizer.state()].map(([path]) => path).sort();

Deno.test("Sgd with momentum, decay and rates of groups is as in plain loops", () =>
  onBothKernels(async (device) => {
    const optimizer = await compare(
      device,
      (groups) => new Sgd(groups, 0.9),
      (w, g, slot, lr) => w - lr * (slot[0] = 0.9 * slot[0] + g),
      1e-6,
    );
    assertEquals(paths(optimizer), ["body.momentum", "head.momentum", "idle.momentum"]);
  }));

Deno.test("Sgd without momentum keeps no state", () =>
  onBothKernels(async (device) => {
    const plain = (w: number, g: number, _slot: number[], lr: number) => w - lr * g;
    const optimizer = await compare(device, (groups) => new Sgd(groups), plain, 1e-6);
    assertEquals(paths(optimizer), []);
  }));

Deno.test("Adam with decay and rates of groups is as in plain loops", () =>
  onBothKernels(async (device) => {
    const optimizer = await compare(
      device,
      (groups) => new Adam(groups),
      (w, g, slot, lr, step) => {
        slot[0] = 0.9 * slot[0] + 0.1 * g;
        slot[1] = 0.999 * slot[1] + 0.001 * g * g;
        const root = Math.sqrt(slot[1] / (1 - 0.999 ** step)) + 1e-8;
        return w - lr * (slot[0] / (1 - 0.9 ** step)) / root;
      },
      2e-5,
    );
    assertEquals(paths(optimizer).slice(0, 2), ["body.first", "body.second"]);
  }));

Deno.test("AdamW shrinks parameters apart from their gradients", () =>
  onBothKernels(async (device) => {
    await compare(
      device,
      (groups) => new Adam(groups, true),
      (w, g, slot, lr, step) => {
        const decay = lr === LR[step - 1] ? DECAY : 0; // the first group alone has one
        const own = g - decay * w; // compare adds it to the gradient
        slot[0] = 0.9 * slot[0] + 0.1 * own;
        slot[1] = 0.999 * slot[1] + 0.001 * own * own;
        const root = Math.sqrt(slot[1] / (1 - 0.999 ** step)) + 1e-8;
        return w * (1 - lr * decay) - lr * (slot[0] / (1 - 0.9 ** step)) / root;
      },
      2e-5,
    );
  }));

Deno.test("gradients that lie beside each other have the same bits, and one dispatch updates all", () =>
  onBothKernels(async (device) => {
    const { live } = device.pool;
    const shapes = [[8, 3, 3, 3], [8], [5, 8, 3, 3], [5], [8], [8]];
    const named = shapes.map((shape, i) =>
      [`${i}`, parameter(device, values(sizeOf(shape), i), shape)] as const
    );
    const [w, b, w2, b2, weight, bias] = named.map(([, x]) => x);
    const x = tensor(device, values(4 * 3 * 40 * 40, 9), [4, 3, 40, 40]);
    const loss = () => {
      const y = conv2d(x, w, { bias: b, padding: 1, activation: "relu" });
      const [runningMean, runningVar] = [0, 1].map((v) => fill(device, [8], v));
      const z = batchNorm(y, { weight, bias, runningMean, runningVar }, "train");
      const parts = split(z, 0, 1).map((part) => conv2d(part, w2, { bias: b2, stride: 2 }));
      return sum(concat(parts, 0));
    };
    const gradients = async () => {
      using _scope = device.scope();
      const found = backward(loss());
      return await Promise.all(named.map(([, x]) => read(found.get(x)!)));
    };
    const alone = await gradients();
    const optimizer = new Adam([{ parameters: named }]);
    assertEquals(await gradients(), alone);
    {
      using _scope = device.scope();
      const found = backward(loss());
      for (const gradient of found.values()) await read(gradient); // sums that wait are made
      const before = device.dispatches;
      optimizer.step(found, 1e-3);
      assertEquals(device.dispatches - before, 1);
    }
    assertThrows(() => new Sgd([{ parameters: [...named, ...named] }]), TypeError, "listed twice");
    // Others of the same parameters find them where they are; of some of them, move these.
    const again = new Sgd([{ parameters: named }]);
    const step = (by: Optimizer, lr: number) => {
      using _scope = device.scope();
      by.step(backward(loss()), lr);
    };
    const before = await read(w);
    for (const [by, lr] of [[again, 1], [optimizer, 0], [again, -1]] as const) step(by, lr);
    assert((await read(w)).some((v, i) => v !== before[i]));
    new Sgd([{ parameters: named.slice(1) }]);
    assertThrows(() => step(again, 1), ReferenceError, "Cannot update 1: another");
    for (const x of [...named, ...optimizer.state()]) x[1].release();
    x.release();
    assertEquals(device.pool.live, live);
  }));

Deno.test("an optimiser that is given its state and step goes on as if never interrupted", () =>
  onBothKernels(async (device) => {
    for (const make of [(g: never[]) => new Sgd(g, 0.9), (g: never[]) => new Adam(g)]) {
      const end = async (interrupted: boolean) => {
        const { body, head, idle, groups } = setting(device);
        let optimizer: Optimizer = make(groups as never[]);
        for (const [step, lr] of LR.entries()) {
          if (interrupted && step === 2) {
            const before = optimizer;
            const saved = new Map(
              await Promise.all(
                [...before.state()].map(async ([path, x]) => [path, await read(x)] as const),
              ),
            );
            optimizer = make(groups as never[]);
            for (const [path, x] of optimizer.state()) device.write(x.storage, saved.get(path)!);
            optimizer.steps = before.steps;
            for (const [, x] of before.state()) x.release();
          }
          const gradient = tensor(device, values(SIZES[0], step + 20), [SIZES[0]]);
          optimizer.step(new Map([[body, gradient]]), lr);
        }
        const result = await read(body);
        for (const x of [body, head, idle]) x.release();
        for (const [, x] of optimizer.state()) x.release();
        return result;
      };
      assertEquals(await end(true), await end(false));
    }
  }));
