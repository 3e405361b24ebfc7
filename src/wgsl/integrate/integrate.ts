import { kernel } from "../../gpu/mod.ts";
import { empty, showShape, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./integrate.wgsl" with { type: "text" };

const deciding = kernel("integrate", code);

/** The biases of the choice between two masks; their names in the published code in brackets. */
export interface Biases {
  /** Added for the advice everywhere (dd_bias). */
  readonly difference: number;
  /** Added for whichever mask says background (bg_bias). */
  readonly background: number;
  /** Added for whichever mask says a collapsed class (1 in the published code). */
  readonly flag?: number;
}

/**
 * The refined mask, u32 `[n,h,w]`: the advice A where its confidence w is not negative, else the
 * knowledge K, with s the sigmoid and F_c 1 for a collapsed class c,
 *
 *     w = s(dK) - s(dA) + difference - background [K = 0] + background [A = 0] - flag F_K + flag F_A
 *
 * Shimoda & Yanai, ICCV 2019, as their code; the same for arrays is in `src/scpp/integration.ts`.
 *
 * @param knowledge K, u32 `[n,h,w]`
 * @param advice A, u32 `[n,h,w]`
 * @param changeK logits of the change as predicted from K, `[n,1,h,w]`
 * @param changeA logits of the change as predicted from A, `[n,1,h,w]`
 * @param flags collapse flags, f32 `[n,classes]`
 * @throws {TypeError} when the shapes do not fit.
 */
export function integrate(
  knowledge: Tensor,
  advice: Tensor,
  changeK: Tensor,
  changeA: Tensor,
  flags: Tensor,
  { difference, background, flag = 1 }: Biases,
): Tensor {
  checkMask("integrate", knowledge, advice);
  const { device, shape, size } = knowledge;
  const [n, ...sides] = shape;
  const [images, classes] = flags.shape;
  if (changeK.size !== size || changeA.size !== size || images !== n || flags.dtype !== "f32") {
    const shapes = [changeK, changeA, flags].map((x) => showShape(x.shape)).join(" ");
    throw new TypeError(`Cannot integrate masks ${showShape(shape)} with ${shapes}`);
  }
  const hw = sizeOf(sides);
  const y = empty(device, shape, "u32");
  device.run(deciding, { knowledge, advice, change_k: changeK, change_a: changeA, flags, y }, {
    params: { hw, classes, difference, background, flag },
    threads: [hw, n],
  });
  return y;
}
