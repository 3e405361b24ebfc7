import { assert, assertThrows } from "@std/assert";
import { Device } from "../../gpu/mod.ts";
import { parameter, read, type Tensor, tensor } from "../../tensor/mod.ts";
import { matmul } from "./matmul.ts";

function values(size: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + seed));
}

/** x [m,k] y [k,n], each perhaps transposed in memory, in float64. */
function product(
  [m, k, n]: readonly number[],
  x: (i: number, j: number) => number,
  y: (i: number, j: number) => number,
): Float64Array {
  const z = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) z[i * n + j] += x(i, l) * y(l, j);
  }
  return z;
}

function assertClose(got: Float32Array, want: Float64Array): void {
  const scale = want.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const worst = want.reduce((most, v, i) => Math.max(most, Math.abs(v - got[i])), 0);
  assert(worst <= 1e-5 * scale, `off by ${worst / scale} of the largest value`);
  assert(got.every(Number.isFinite));
}

function pull(y: Tensor, input: Tensor, dy: Tensor): Tensor {
  return y.edges.find((edge) => edge.input === input)!.pullback(dy);
}

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`matmul and its gradients are matrix products (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const [m, k, n] of [[1, 1, 1], [3, 5, 7], [37, 65, 29], [16, 2, 40], [9, 130, 20]]) {
      using _scope = device.scope();
      const [av, bv, dv] = [values(m * k, 1), values(k * n, 2), values(m * n, 3)];
      const a = parameter(device, av, [m, k]);
      const b = parameter(device, bv, [k, n]);
      const dy = tensor(device, dv, [m, n]);
      const y = matmul(a, b);
      assertClose(
        await read(y),
        product([m, k, n], (i, l) => av[i * k + l], (l, j) => bv[l * n + j]),
      );
      assertClose(
        await read(pull(y, a, dy)),
        product([m, n, k], (i, l) => dv[i * n + l], (l, j) => bv[j * n + l]),
      );
      assertClose(
        await read(pull(y, b, dy)),
        product([k, m, n], (i, l) => av[l * k + i], (l, j) => dv[l * n + j]),
      );
    }
  });

  Deno.test(`matmul sums more than 65,535 products (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    const k = 140_001;
    const y = matmul(
      tensor(device, new Float32Array(k).fill(1), [1, k]),
      tensor(device, new Float32Array(4 * k).fill(1), [k, 4]),
    );
    const got = await read(y);
    assert(got.every((v) => v === k), `got ${got}`);
  });
}

Deno.test("matmul refuses matrices that do not fit", async () => {
  using device = await Device.open();
  const x = tensor(device, new Float32Array(6), [2, 3]);
  assertThrows(() => matmul(x, x), TypeError, "[2,3]");
});
