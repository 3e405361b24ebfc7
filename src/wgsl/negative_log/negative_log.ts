import type { Tensor } from "../../tensor/mod.ts";
import { map } from "../map/map.ts";
import code from "./negative_log.wgsl" with { type: "text" };

const op = map("negative_log", code);

/** Energies of probabilities, y = -log max(x, least); any shape. No gradient flows where x is less. */
export function negativeLog(x: Tensor, least = 1e-30): Tensor {
  return op(x, least);
}
