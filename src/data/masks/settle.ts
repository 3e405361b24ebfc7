import type { Mask } from "./mask.ts";

/**
 * A mask in which the pixels that are certain have their classes: those of `certain` where it is not
 * 255, those of `mask` elsewhere; the mask itself where nothing is certain.
 *
 * @throws {TypeError} when the sizes differ.
 */
export function settle(mask: Mask, certain: Mask | undefined): Mask {
  if (certain === undefined) return mask;
  const { width, height } = mask;
  if (certain.width !== width || certain.height !== height) {
    throw new TypeError(
      `Cannot settle a mask of ${width} x ${height} by one of ${certain.width} x ${certain.height}`,
    );
  }
  const data = certain.data.map((own, u) => own === 255 ? mask.data[u] : own);
  return { width, height, data };
}
