import type { RegionName } from "../decisions/decision.ts";
import type { Mask } from "./mask.ts";

/** A region in which two masks differ, with its pixels. */
export interface Region extends RegionName {
  /** Its pixels, ascending. */
  readonly pixels: Uint32Array;
}

/**
 * The regions in which two masks differ: pixels that touch by a side, of one class in the knowledge and
 * one other in the advice. They come by their first pixel, row by row.
 *
 * @param least how many pixels a region has at least; smaller ones are left out
 * @throws {TypeError} when the masks have different sizes.
 */
export function differingRegions(knowledge: Mask, advice: Mask, least = 1): Region[] {
  const { width, height, data: K } = knowledge;
  const { data: A } = advice;
  if (advice.width !== width || advice.height !== height) {
    throw new TypeError(
      `Cannot compare masks of ${width} x ${height} and ${advice.width} x ${advice.height}`,
    );
  }
  const seen = new Uint8Array(width * height);
  const found: Region[] = [];
  const stack = new Uint32Array(width * height);
  for (let start = 0; start < seen.length; start++) {
    const [k, a] = [K[start], A[start]];
    if (k === a || seen[start]) continue;
    let [size, first] = [0, 0];
    const push = (u: number) => {
      if (seen[u] || K[u] !== k || A[u] !== a) return;
      seen[u] = 1;
      stack[size++] = u;
    };
    // Of the stack nothing is taken away, so that in the end it holds the region.
    for (push(start); first < size; first++) {
      const u = stack[first];
      const x = u % width;
      if (x > 0) push(u - 1);
      if (x < width - 1) push(u + 1);
      if (u >= width) push(u - width);
      if (u < seen.length - width) push(u + width);
    }
    if (size < least) continue;
    const pixels = stack.slice(0, size).sort();
    found.push({ ...boxOf(pixels, width), area: size, knowledge: k, advice: a, pixels });
  }
  return found;
}

function boxOf(pixels: Uint32Array, width: number) {
  let [left, right] = [width, 0];
  for (const u of pixels) {
    left = Math.min(left, u % width);
    right = Math.max(right, u % width);
  }
  const row = (u: number) => Math.floor(u / width);
  const [y, bottom] = [row(pixels[0]), row(pixels[pixels.length - 1])];
  return { x: left, y, width: right - left + 1, height: bottom - y + 1 };
}
