import { assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { adamUpdate, sgdUpdate } from "../mod.ts";

const SIZES = [1, 7, 300];

Deno.test("three steps of SGD, with and without momentum", async () => {
  await onBothKernels(async (device) => {
    for (const size of SIZES) {
      for (const momentum of [0, 0.9]) {
        const w = tensor(device, values(size, 1), [size]);
        const v = momentum ? tensor(device, new Float32Array(size), [size]) : undefined;
        const wanted = Float64Array.from(values(size, 1));
        const velocity = new Float64Array(size);
        for (let step = 0; step < 3; step++) {
          const gradient = values(size, 10 + step);
          sgdUpdate(w, tensor(device, gradient, [size]), v, {
            lr: 0.1,
            momentum,
            weightDecay: 0.02,
          });
          wanted.forEach((x, i) => {
            velocity[i] = momentum * velocity[i] + gradient[i] + 0.02 * x;
            wanted[i] -= 0.1 * velocity[i];
          });
        }
        assertNear(await read(w), wanted, 1e-6);
        if (v) assertNear(await read(v), velocity, 1e-6);
      }
    }
  });
});

Deno.test("three steps of Adam and of AdamW", async () => {
  await onBothKernels(async (device) => {
    for (const size of SIZES) {
      for (const decoupled of [false, true]) {
        const w = tensor(device, values(size, 1), [size]);
        const first = tensor(device, new Float32Array(size), [size]);
        const second = tensor(device, new Float32Array(size), [size]);
        const wanted = Float64Array.from(values(size, 1));
        const [m, v] = [new Float64Array(size), new Float64Array(size)];
        for (let step = 1; step <= 3; step++) {
          const gradient = values(size, 10 + step);
          adamUpdate(w, tensor(device, gradient, [size]), { first, second }, {
            ...{ lr: 0.1, step, betas: [0.8, 0.99], eps: 1e-3, weightDecay: 0.2, decoupled },
          });
          wanted.forEach((x, i) => {
            const g = gradient[i] + (decoupled ? 0 : 0.2 * x);
            m[i] = 0.8 * m[i] + 0.2 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            const root = Math.sqrt(v[i] / (1 - 0.99 ** step)) + 1e-3;
            wanted[i] = (decoupled ? x * (1 - 0.02) : x) - 0.1 * m[i] / (1 - 0.8 ** step) / root;
          });
        }
        assertNear(await read(w), wanted, 1e-5);
      }
    }
  });
});

Deno.test("updates refuse what does not fit", async () => {
  await onBothKernels((device) => {
    const [w, g] = [tensor(device, values(3), [3]), tensor(device, values(4), [4])];
    assertThrows(() => sgdUpdate(w, g, undefined, { lr: 1 }), TypeError, "[3] by [4]");
    assertThrows(() => sgdUpdate(w, w, undefined, { lr: 1, momentum: 0.9 }), TypeError, "velocity");
    const state = { first: w, second: g };
    assertThrows(() => adamUpdate(w, w, state, { lr: 1, step: 1 }), TypeError, "[3] by [3]");
    return Promise.resolve();
  });
});
