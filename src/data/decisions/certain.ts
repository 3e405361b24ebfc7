import { InputError } from "../../files/error.ts";
import type { Mask } from "../masks/mask.ts";
import type { Decision } from "./decision.ts";

/**
 * The pixels of a photograph that are certain: the classes that its decisions gave them, in their
 * order, so that a later one replaces an earlier one; 255 elsewhere.
 *
 * @param decisions at least one, all of one photograph
 * @param path of their file, for messages
 * @throws {InputError} when they are of photographs of different sizes.
 */
export function certainMask(decisions: readonly Decision[], path: string): Mask {
  const [{ size: [width, height] }] = decisions;
  const data = new Uint8Array(width * height).fill(255);
  for (const { photograph, size, labels } of decisions) {
    if (size[0] !== width || size[1] !== height) {
      throw new InputError(
        `Cannot use the decisions ${path}: ${photograph} is ${width} x ${height} in one and ` +
          `${size[0]} x ${
            size[1]
          } in another. Delete those of the photograph that is no longer there.`,
      );
    }
    for (const { class: c, runs } of labels) {
      for (let i = 0; i < runs.length; i += 2) data.fill(c, runs[i], runs[i] + runs[i + 1]);
    }
  }
  return { width, height, data };
}
