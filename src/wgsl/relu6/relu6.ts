// Tested in src/wgsl/map/map_test.ts.
import type { Tensor } from "../../tensor/mod.ts";
import { map } from "../map/map.ts";
import code from "./relu6.wgsl" with { type: "text" };

const op = map("relu6", code);

/** Rectified linear unit with a ceiling, y = min(max(x, 0), 6); any shape. */
export function relu6(x: Tensor): Tensor {
  return op(x);
}
