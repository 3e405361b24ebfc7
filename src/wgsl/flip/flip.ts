import { kernel } from "../../gpu/mod.ts";
import { derive, emptyMap, type Tensor } from "../../tensor/mod.ts";
import code from "./flip.wgsl" with { type: "text" };

const flipping = kernel("flip", code);

/** The mirror image, left to right: the last axis of any shape reversed. */
export function flip(x: Tensor): Tensor {
  return derive(reversed(x), [x, reversed]);
}

function reversed(x: Tensor): Tensor {
  const { device, shape, size } = x;
  const y = emptyMap(device, shape);
  const params = { size, w: shape[shape.length - 1] };
  device.run(flipping, { x, y }, { params, threads: Math.ceil(size / 4) });
  return y;
}
