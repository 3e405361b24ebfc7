/**
 * WebGPU and nothing else: devices, kernels, memory, errors. No shapes, no maths.
 *
 * @example A kernel of your own
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device, kernel } from "@henka/henka/gpu";
 * import { empty, read, tensor } from "@henka/henka/tensor";
 *
 * const double = kernel(
 *   "double",
 *   `// y = 2 x
 *   struct Params { size: u32 }
 *   @group(0) @binding(0) var<uniform> params: Params;
 *   @group(0) @binding(1) var<storage, read> x: array<f32>;
 *   @group(0) @binding(2) var<storage, read_write> y: array<f32>;
 *   @compute @workgroup_size(64)
 *   fn main(@builtin(global_invocation_id) id: vec3u) {
 *     if (id.x < params.size) { y[id.x] = 2 * x[id.x]; }
 *   }`,
 * );
 * using device = await Device.open();
 * using _scope = device.scope();
 * const x = tensor(device, Float32Array.of(1, 2, 3), [3]);
 * const y = empty(device, [3]);
 * device.run(double, { x, y }, { params: { size: 3 }, threads: 3 });
 * assertEquals([...await read(y)], [2, 4, 6]);
 * ```
 *
 * @module
 */
export type { Resource } from "./arguments.ts";
export { Choices, type Trial } from "./choices.ts";
export { Device, type Dispatch } from "./device.ts";
export { DeviceError } from "./error.ts";
export type { Exchange, Extent, Numbers } from "./exchange.ts";
export {
  type Binding,
  type BindingKind,
  halvesOf,
  type Kernel,
  kernel,
  kernels,
  type Param,
  type Part,
} from "./kernel.ts";
export type { DeviceOptions } from "./open_adapter.ts";
export type { Peers } from "./exchange.ts";
export { Pool } from "./pool.ts";
export type { KernelTime } from "./profile.ts";
export type { Turn } from "./recorder.ts";
export { type Releasable, Scope } from "./scope.ts";
export { Storage } from "./storage.ts";
