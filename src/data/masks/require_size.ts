import { InputError } from "../../files/error.ts";
import type { Size } from "../images/image_size.ts";

/**
 * Refuses a mask of another size than what it belongs to.
 *
 * @param name the mask's, for the message
 * @param owner what it belongs to, such as the path of its photograph
 * @throws {InputError} that names both, with their sizes.
 */
export function requireSize(mask: Size, name: string, size: Size, owner: string): void {
  if (mask.width === size.width && mask.height === size.height) return;
  throw new InputError(
    `Cannot use the mask ${name}: it is ${mask.width} x ${mask.height}, but ${owner} is ` +
      `${size.width} x ${size.height}. Give masks of the photograph's size.`,
  );
}
