import { sameShape, showShape, type Tensor } from "../../tensor/mod.ts";

/**
 * Refuses what is not a mask of class indices, u32, or not of the first one's shape.
 *
 * @throws {TypeError} saying which.
 */
export function checkMask(verb: string, ...masks: readonly Tensor[]): void {
  const [first] = masks;
  for (const { dtype, shape } of masks) {
    if (dtype !== "u32") throw new TypeError(`Cannot ${verb} a mask of ${dtype}: it must be u32`);
    if (!sameShape(shape, first.shape)) {
      throw new TypeError(
        `Cannot ${verb} masks ${showShape(first.shape)} and ${showShape(shape)}: shapes differ`,
      );
    }
  }
}
