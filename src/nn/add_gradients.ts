import { empty, type Tensor } from "../tensor/mod.ts";
import { addInto } from "../wgsl/mod.ts";

/**
 * Adds gradients to a sum of gradients, which takes over what it lacked; the rest is released.
 *
 * With the loss of every part of a batch weighted by its share, the sum is the gradient of the whole.
 */
export function addGradients(
  sum: Map<Tensor, Tensor>,
  gradients: ReadonlyMap<Tensor, Tensor>,
): void {
  for (const [input, gradient] of gradients) {
    const before = sum.get(input);
    if (!before) sum.set(input, gradient);
    else {
      const own = writable(before);
      addInto(own, gradient);
      gradient.release();
      sum.set(input, own);
    }
  }
}

/** The gradient itself, or a copy where other gradients share its memory. */
function writable(x: Tensor): Tensor {
  if (x.storage.references === 1) return x;
  const copy = empty(x.device, x.shape);
  x.device.copy(x.storage, copy.storage, 4 * x.size);
  x.release();
  return copy;
}
