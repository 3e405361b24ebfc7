import type { Mask } from "../masks/mask.ts";

/** A mask that is handed to another program. */
export interface DrawnMask {
  /** The name of its photograph, without the ending. */
  readonly id: string;
  /** The name of the photograph's file, with the folders in the set. */
  readonly file: string;
  /** The path of that file. */
  readonly image: string;
  /** The mask. */
  readonly mask: Mask;
}

/** Masks that are handed to another program. */
export interface Drawn {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The masks, one at a time. */
  readonly masks: AsyncIterable<DrawnMask>;
}
