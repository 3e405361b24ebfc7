import type { Device, Numbers } from "../gpu/mod.ts";
import { showShape, sizeOf } from "./shape.ts";
import { type DType, type Edge, type Precision, type Pullback, Tensor } from "./tensor.ts";
import { traced } from "./trace.ts";

let tracking = true;
let precision: Precision = "f32";

/**
 * A tensor whose contents are undefined until a kernel writes them.
 *
 * @throws {DeviceError} when it is f16 and the device has no memory of half precision.
 */
export function empty(device: Device, shape: readonly number[], dtype: DType = "f32"): Tensor {
  if (shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new TypeError(`Cannot make a tensor of shape ${showShape(shape)}`);
  }
  const half = dtype === "f16";
  if (half) device.requireHalves();
  const storage = device.pool.take((half ? 2 : 4) * sizeOf(shape));
  storage.half = half;
  return new Tensor(device, shape, storage, dtype);
}

/** {@linkcode empty} for a map that a layer computes: of the precision in which maps are kept. */
export function emptyMap(device: Device, shape: readonly number[]): Tensor {
  return empty(device, shape, precision);
}

/**
 * Runs `compute`, whose layers keep their maps in a precision; gradients and sums stay f32.
 *
 * @throws {DeviceError} when it is f16 and the device has no memory of half precision.
 */
export function inPrecision<T>(wanted: Precision, compute: () => T): T {
  const before = precision;
  precision = wanted;
  try {
    return compute();
  } finally {
    precision = before;
  }
}

/**
 * Memory for the gradient by `x`, undefined until a kernel writes it: where `x` lies beside other parameters
 * of its optimiser, beside theirs, so that one dispatch can take all.
 */
export function emptyGradient({ device, shape, storage }: Tensor): Tensor {
  const { whole, offset, bytes } = storage;
  if (!whole) return empty(device, shape);
  const before = whole.gradients;
  const all = before && !before.released ? before : device.pool.take(whole.bytes);
  if (all.parts.has(offset)) return empty(device, shape); // another one, of the same parameter
  const y = new Tensor(device, shape, all.part(offset, bytes));
  if (all !== before) {
    whole.gradients = all;
    all.of = whole;
    all.release(); // it stays as long as any part
  }
  return y;
}

/**
 * A tensor with the given values: `Float32Array` makes f32, `Uint32Array` makes u32.
 *
 * @throws {TypeError} when there are not as many values as the shape says, or they are of another
 * type.
 */
export function tensor(device: Device, data: Numbers, shape: readonly number[]): Tensor {
  checkData(data, shape, Float32Array, Uint32Array);
  const x = empty(device, shape, data instanceof Uint32Array ? "u32" : "f32");
  device.write(x.storage, data);
  return x;
}

/**
 * A tensor that is trained: it outlives every scope and receives gradients.
 *
 * @throws {TypeError} when there are not as many values as the shape says, or they are of another
 * type.
 */
export function parameter(
  device: Device,
  data: Float32Array<ArrayBuffer>,
  shape: readonly number[],
): Tensor {
  checkData(data, shape, Float32Array);
  const x = new Tensor(device, shape, device.pool.take(4 * sizeOf(shape)), "f32", true);
  device.write(x.storage, data);
  return keep(x);
}

/** Lets a tensor outlive every scope, until it is released by hand. */
export function keep(x: Tensor): Tensor {
  x.device.withdraw(x);
  return x;
}

/**
 * The output of an op with its pullbacks, kept for those inputs alone through which gradients flow.
 *
 * `y` must be fresh from {@linkcode empty} or {@linkcode view}.
 */
export function derive(
  y: Tensor,
  ...edges: readonly (readonly [input: Tensor, pullback: Pullback])[]
): Tensor {
  const kept: Edge[] = [];
  if (tracking) {
    for (const [input, pullback] of edges) if (input.tracked) kept.push({ input, pullback });
  }
  if (kept.length === 0) return y;
  (y as { edges: readonly Edge[] }).edges = kept;
  return y;
}

/** Runs `compute` without recording how to differentiate it. */
export function untracked<T>(compute: () => T): T {
  const before = tracking;
  tracking = false;
  try {
    return compute();
  } finally {
    tracking = before;
  }
}

/** Whether ops on these inputs must remember what their gradients need. */
export function tracks(...inputs: readonly Tensor[]): boolean {
  return tracking && inputs.some((input) => input.tracked);
}

/**
 * What `fill` computes from `x` alone, under a name; it is kept with `x`, and computed anew when the
 * values of `x` have changed. No gradient flows through it.
 */
export function derived(
  x: Tensor,
  name: string,
  shape: readonly number[],
  fill: (y: Tensor) => void,
  dtype: DType = "f32",
): Tensor {
  const { device, storage } = x;
  const kept = storage.derived.get(name);
  if (kept) return new Tensor(device, shape, kept.retain(), dtype);
  const y = empty(device, shape, dtype);
  fill(y);
  if (!device.rehearsing) storage.derived.set(name, y.storage.retain());
  return y;
}

/** The same memory under another shape of the same size, without gradient. */
export function view(x: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== x.size) {
    throw new TypeError(`Cannot view ${showShape(x.shape)} as ${showShape(shape)}`);
  }
  return new Tensor(x.device, shape, x.storage.retain(), x.dtype);
}

/** The same memory under another shape of the same size. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const y = traced(view(x, shape), "reshape", [x]);
  return derive(y, [x, (dy) => view(dy, x.shape)]);
}

/** The same value, through which no gradient flows. */
export function detach(x: Tensor): Tensor {
  return view(x, x.shape);
}

/**
 * The values, once the GPU has computed them.
 *
 * @throws {DeviceError} what the GPU reported meanwhile.
 */
export async function read(x: Tensor): Promise<Float32Array<ArrayBuffer>> {
  if (x.dtype !== "f16") return new Float32Array(await x.device.read(x.storage, 4 * x.size));
  const bytes = await x.device.read(x.storage, 4 * Math.ceil(x.size / 2));
  return Float32Array.from(new Uint16Array(bytes, 0, x.size), widened);
}

/** The value of the bits of a half float. */
function widened(bits: number): number {
  const [exponent, fraction] = [bits >> 10 & 31, (bits & 1023) / 1024];
  const sign = bits >> 15 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction));
}

/** The values of a u32 tensor, once the GPU has computed them. */
export async function readIndices(x: Tensor): Promise<Uint32Array<ArrayBuffer>> {
  return new Uint32Array(await x.device.read(x.storage, 4 * x.size));
}

function checkData(
  data: Numbers,
  shape: readonly number[],
  ...types: readonly (typeof Float32Array | typeof Uint32Array)[]
): void {
  if (!types.some((type) => data instanceof type)) {
    const given = Object.prototype.toString.call(data).slice("[object ".length, -1);
    const wanted = types.map(({ name }) => name).join(" or ");
    throw new TypeError(`Cannot make a tensor of values of the type ${given}: give a ${wanted}`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new TypeError(
      `Cannot make a tensor: ${data.length} values for the shape ${showShape(shape)}`,
    );
  }
}
