import type { Size } from "../data/images/image_size.ts";
import { named, paintMask, type Picture } from "../data/images/picture.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { percent } from "./percent.ts";
import { photographIou } from "./photograph_iou.ts";

/** What a truth adds to a row of pictures. */
export interface ShownTruth {
  /** A mask as a picture of its size, with its name and, where there is a truth, its IoU under it. */
  mask(mask: Mask, name: string): Picture;
  /** The truth where there is one that can be used. */
  readonly truth?: Mask;
  /** A picture of the truth, or of why it is not used; nothing where there is none. */
  readonly pictures: readonly Picture[];
}

/**
 * The truth of a photograph, for pictures alone: one that cannot be used is told in its place, because a
 * picture must not end a training.
 *
 * @param path of the true mask, which may not exist
 * @param view how the truth is seen where masks are not of the photograph's size
 */
export async function shownTruth(
  path: string | undefined,
  photograph: Size,
  view: (truth: Mask) => Mask = (truth) => truth,
): Promise<ShownTruth> {
  const plain = (mask: Mask, name: string) => named(paintMask(mask), name);
  if (path === undefined || !await isFile(path)) return { mask: plain, pictures: [] };
  const { width, height } = photograph;
  const told = (why: string): ShownTruth => {
    const blank = { width, height, data: new Uint8Array(3 * width * height).fill(230) };
    return { mask: plain, pictures: [named(blank, `truth: ${why}`)] };
  };
  try {
    const truth = await readMask(path);
    if (truth.width !== width || truth.height !== height) {
      return told(`of another size, ${truth.width} x ${truth.height}`);
    }
    const seen = view(truth);
    return {
      truth: seen,
      mask: (mask, name) =>
        plain(mask, `${name}, IoU\u00a0${percent(photographIou(mask, seen, name))}`),
      pictures: [plain(seen, "truth")],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return told("cannot be read");
  }
}
