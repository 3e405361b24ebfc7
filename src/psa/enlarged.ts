import type { Size } from "../data/images/image_size.ts";
import { viewMaps } from "../data/images/resize.ts";
import type { Grid } from "./grid.ts";

/** Scores of a grid at the photograph's size, or at another that shows the same; bilinear. */
export function enlarged(
  scores: Float32Array,
  grid: Grid,
  { width, height }: Size,
  size: Size = { width, height },
): Float32Array<ArrayBuffer> {
  const channels = scores.length / (grid.width * grid.height);
  const maps = { channels, width: grid.width, height: grid.height, data: scores };
  const whole = grid.stride
    ? {
      width: grid.width * grid.stride,
      height: grid.height * grid.stride,
      crop: { x: 0, y: 0, width, height },
    }
    : { width, height };
  const full = viewMaps(maps, whole);
  const same = size.width === width && size.height === height;
  return (same ? full : viewMaps(full, size)).data as Float32Array<ArrayBuffer>;
}
