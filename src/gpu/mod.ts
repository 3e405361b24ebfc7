/** WebGPU and nothing else: devices, kernels, memory, errors. @module */
export type { Resource } from "./arguments.ts";
export { Device, type DeviceOptions, type Dispatch, type Numbers } from "./device.ts";
export { DeviceError } from "./error.ts";
export {
  type Binding,
  type BindingKind,
  type Kernel,
  kernel,
  kernels,
  type Param,
  type Part,
} from "./kernel.ts";
export { Pool } from "./pool.ts";
export type { KernelTime } from "./profile.ts";
export { type Releasable, Scope } from "./scope.ts";
export { Storage } from "./storage.ts";
