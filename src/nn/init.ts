import type { Device } from "../gpu/mod.ts";
import type { Random } from "../data/random.ts";
import { parameter, sizeOf, type Tensor } from "../tensor/mod.ts";

/** Normal values of variance 2 / fan-in, for layers before a ReLU (He et al. 2015, eq. 10). */
export function kaiming(device: Device, shape: readonly number[], random: Random): Tensor {
  const deviation = Math.sqrt(2 / sizeOf(shape.slice(1)));
  return fromDraws(device, shape, () => deviation * random.normal());
}

/** Uniform values of variance gain^2 * 2 / (fan-in + fan-out) (Glorot & Bengio 2010, eq. 16). */
export function xavier(
  device: Device,
  shape: readonly number[],
  random: Random,
  gain = 1,
): Tensor {
  const area = sizeOf(shape.slice(2));
  const bound = gain * Math.sqrt(6 / (area * (shape[0] + shape[1])));
  return fromDraws(device, shape, () => random.uniform(-bound, bound));
}

/** A trained tensor of one value. */
export function constant(device: Device, shape: readonly number[], value: number): Tensor {
  return fromDraws(device, shape, () => value);
}

function fromDraws(device: Device, shape: readonly number[], draw: () => number): Tensor {
  return parameter(device, Float32Array.from({ length: sizeOf(shape) }, draw), shape);
}
