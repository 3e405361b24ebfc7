import { assert, assertEquals } from "@std/assert";
import { Device } from "../src/gpu/mod.ts";
import { backward } from "../src/nn/backward.ts";
import { parameter, read, sizeOf, type Tensor, tensor } from "../src/tensor/mod.ts";
import { mul } from "../src/wgsl/mod.ts";

/** An op, and its definition in plain loops over float64. */
export interface OpCheck {
  /** The shapes of the inputs. */
  readonly shapes: readonly (readonly number[])[];
  /** The op on the GPU; `device` makes what else it needs. */
  op(inputs: readonly Tensor[], device: Device): Tensor;
  /** The same on the CPU. */
  reference(inputs: readonly Float64Array[]): ArrayLike<number>;
  /** The inputs' values; by default in [-1, 1). */
  values?(i: number, size: number): Float32Array<ArrayBuffer>;
  /** The largest error, relative to the largest value; 2e-5 by default. */
  readonly bound?: number;
}

/** Values in [-1, 1) that depend on the index and the seed alone. */
export function values(size: number, seed = 0): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => {
    const v = Math.sin((i + 1) * 12.9898 + (seed + 1) * 78.233) * 43758.5453;
    return 2 * (v - Math.floor(v)) - 1;
  });
}

/** The index of an element of a row-major shape. */
export function at(shape: readonly number[], ...place: readonly number[]): number {
  return place.reduce((index, i, axis) => index * shape[axis] + i, 0);
}

/** Runs a test once with each family of kernels, and sees that its memory is given back. */
export async function onBothKernels(test: (device: Device) => Promise<void>): Promise<void> {
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    const { live } = device.pool;
    {
      using _scope = device.scope();
      await test(device);
    }
    await device.idle();
    assertEquals(device.pool.live, live, "memory in use after the scope");
  }
}

/** Fails unless every value is within `bound` of the expected one, relative to the largest. */
export function assertNear(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  bound = 2e-5,
  what = "value",
): void {
  assertEquals(got.length, wanted.length, `${what}: length`);
  let largest = 1e-6;
  for (let i = 0; i < wanted.length; i++) largest = Math.max(largest, Math.abs(wanted[i]));
  for (let i = 0; i < wanted.length; i++) {
    const off = Math.abs(got[i] - wanted[i]);
    assert(off <= bound * largest, `${what} ${i} is ${got[i]}, not ${wanted[i]}`);
  }
}

/**
 * Compares an op with its definition: its value, and by the definition's central differences in
 * float64 its gradient by each input, along some directions, with all inputs tracked and with one.
 */
export async function checkOp(check: OpCheck): Promise<void> {
  await onBothKernels(async (device) => {
    const data = check.shapes.map((shape, i) =>
      check.values?.(i, sizeOf(shape)) ?? values(sizeOf(shape), i)
    );
    const constants = data.map((x, i) => tensor(device, x, check.shapes[i]));
    const y = check.op(constants, device);
    assertEquals(y.tracked, false, "an op on untracked inputs is untracked");
    assertNear(await read(y), check.reference(data.map(widen)), check.bound);
    const inputs = data.map((x, i) => parameter(device, x, check.shapes[i]));
    await checkGradients(check, device, inputs, data);
    if (inputs.length > 1) {
      for (const [i, input] of inputs.entries()) {
        await checkGradients(check, device, constants.with(i, input), data);
      }
    }
    for (const input of inputs) input.release();
  });
}

async function checkGradients(
  { op, reference, bound = 2e-5 }: OpCheck,
  device: Device,
  inputs: readonly Tensor[],
  data: readonly Float32Array[],
): Promise<void> {
  const y = op(inputs, device);
  const upstream = values(y.size, 77);
  const gradients = backward(mul(y, tensor(device, upstream, y.shape)));
  const loss = (x: readonly Float64Array[]) => dot(reference(x), upstream);
  for (const [i, input] of inputs.entries()) {
    if (!input.tracked) continue;
    const dx = await read(gradients.get(input)!);
    for (let seed = 100; seed < 103; seed++) {
      const along = values(input.size, seed);
      const moved = (by: number) =>
        data.map((x, j) => i === j ? widen(x).map((v, k) => v + by * along[k]) : widen(x));
      const wanted = (loss(moved(1e-6)) - loss(moved(-1e-6))) / 2e-6;
      const got = dot(dx, along);
      const scale = Math.sqrt(dot(dx.map((v) => v * v), along.map((v) => v * v)));
      assert(
        Math.abs(got - wanted) <= bound * 10 * Math.max(scale, 1e-3),
        `gradient by input ${i}: ${got}, not ${wanted}`,
      );
    }
    gradients.get(input)!.release();
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function widen(x: Float32Array): Float64Array {
  return Float64Array.from(x);
}
