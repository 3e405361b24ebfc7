import type { Device } from "../../gpu/mod.ts";

/** Threads of a kernel that strides over at most `most` items whose number the GPU alone knows. */
export function striding(device: Device, most: number): number {
  return Math.min(most, Math.max(device.texels ? 1 << 14 : 1 << 18, Math.ceil(most / 64)));
}
