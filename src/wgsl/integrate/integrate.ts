import { kernel } from "../../gpu/mod.ts";
import { empty, showShape, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./integrate.wgsl" with { type: "text" };

const deciding = kernel("integrate", code);

/** The constants of the choice between knowledge and advice. */
export interface IntegrateOptions {
  /** Added to the confidence in the advice. */
  readonly ddBias: number;
  /** Drawn off where the knowledge says background, added where the advice does. */
  readonly bgBias: number;
  /** What a collapse flag weighs; 1 by default. */
  readonly flagWeight?: number;
}

/**
 * The refined mask, u32 `[n,h,w]`: the advice A where its confidence w >= 0, else the knowledge K,
 * w = s(dK) - s(dA) + ddBias - bgBias 1[K=0] + bgBias 1[A=0] - flag_K + flag_A with s the sigmoid.
 * Shimoda & Yanai, ICCV 2019, as their code.
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
  { ddBias, bgBias, flagWeight = 1 }: IntegrateOptions,
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
    params: { hw, classes, dd: ddBias, bg: bgBias, f: flagWeight },
    threads: [hw, n],
  });
  return y;
}
