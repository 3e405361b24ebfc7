import { type Device, type Kernel, kernel } from "../../gpu/mod.ts";

/** One kernel's maths behind two sets of declarations. */
export interface Variants {
  /** Reads and writes storage textures, for software adapters. */
  readonly texels: Kernel;
  /** Reads and writes storage buffers, for GPUs. */
  readonly buffers: Kernel;
}

/** Both variants of a kernel. */
export function variants(
  name: string,
  texels: string,
  buffers: string,
  ...body: readonly string[]
): Variants {
  return {
    texels: kernel(name, texels, ...body),
    buffers: kernel(`${name}_buffers`, buffers, ...body),
  };
}

/** The variant that is fast on this device. */
export function chosen(device: Device, { texels, buffers }: Variants): Kernel {
  return device.texels ? texels : buffers;
}

/** Threads of a kernel that strides over at most `most` items whose number the GPU alone knows. */
export function striding(device: Device, most: number): number {
  return Math.min(most, Math.max(device.texels ? 1 << 14 : 1 << 18, Math.ceil(most / 64)));
}
