// Tested in src/wgsl/map/map_test.ts.
import type { Tensor } from "../../tensor/mod.ts";
import { map } from "../map/map.ts";
import code from "./sigmoid.wgsl" with { type: "text" };

const op = map("sigmoid", code);

/** Logistic function, y = 1 / (1 + exp(-x)); any shape. */
export function sigmoid(x: Tensor): Tensor {
  return op(x);
}
