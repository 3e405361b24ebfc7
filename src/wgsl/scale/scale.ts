// Tested in src/wgsl/map/map_test.ts.
import type { Tensor } from "../../tensor/mod.ts";
import { map } from "../map/map.ts";
import code from "./scale.wgsl" with { type: "text" };

const op = map("scale", code);

/** A tensor times a number, y = factor x; any shape. */
export function scale(x: Tensor, factor: number): Tensor {
  return op(x, factor);
}
