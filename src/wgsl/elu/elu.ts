// Tested in src/wgsl/map/map_test.ts.
import type { Tensor } from "../../tensor/mod.ts";
import { map } from "../map/map.ts";
import code from "./elu.wgsl" with { type: "text" };

const op = map("elu", code);

/** Exponential linear unit, y = x where x > 0, else alpha (exp(x) - 1); any shape. */
export function elu(x: Tensor, alpha = 1): Tensor {
  return op(x, alpha);
}
