import type { Size } from "../data/image_size.ts";
import type { View } from "../data/view.ts";

/**
 * The whole photograph with its long side near `longSide`, the aspect ratio kept but for both sides
 * being whole multiples of `multiple`: each pixel of a map then sees a block of the photograph.
 */
export function fitted(
  { width, height }: Size,
  longSide: number,
  multiple: number,
): View {
  const scale = longSide / Math.max(width, height);
  const side = (length: number) => Math.max(1, Math.round(length * scale / multiple)) * multiple;
  return { width: side(width), height: side(height) };
}
