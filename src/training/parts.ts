import { state } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** What training changes, by the names with which the paths of its tensors begin. */
export type Parts = Readonly<Record<string, object>>;

/** Every tensor of the parts, with the paths of checkpoints. */
export function partsState(parts: Parts): [path: string, tensor: Tensor][] {
  return Object.entries(parts).flatMap(([name, part]) => [...state(part, name)]);
}
