import { empty, type Tensor, view } from "../tensor/mod.ts";
import { addInto, fill } from "../wgsl/mod.ts";

/**
 * The gradients of a loss by every trained tensor it depends on (reverse-mode differentiation).
 *
 * An activation, and its gradient, is released as soon as both are spent; the loss itself and leaves
 * are not. Use {@linkcode detach} on what is needed afterwards: a detached tensor keeps its memory.
 *
 * @param loss any shape; its gradient by itself is taken as one everywhere
 * @param complete called with every trained tensor and its gradient, as soon as nothing is added to it any
 * more
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device } from "@henka/henka/gpu";
 * import { backward } from "@henka/henka/nn";
 * import { mul, sum } from "@henka/henka/ops";
 * import { parameter, read } from "@henka/henka/tensor";
 *
 * using device = await Device.open();
 * const x = parameter(device, new Float32Array([1, 2, 3]), [3]);
 * const gradients = backward(sum(mul(x, x))); // d(x.x) = 2 x
 * assertEquals([...await read(gradients.get(x)!)], [2, 4, 6]);
 * ```
 */
export function backward(
  loss: Tensor,
  complete?: (leaf: Tensor, gradient: Tensor) => void,
): ReadonlyMap<Tensor, Tensor> {
  const gradients = new Map<Tensor, Tensor>();
  if (!loss.tracked) return gradients;
  gradients.set(loss, fill(loss.device, loss.shape, 1));
  for (const y of consumersFirst(loss)) {
    const dy = gradients.get(y)!;
    if (y.edges.length === 0) { // a trained leaf keeps its gradient
      complete?.(y, dy);
      continue;
    }
    for (const { input, pullback } of y.edges) {
      const sum = gradients.get(input);
      const pulled = pullback(dy, sum?.storage.references === 1 ? sum : undefined);
      accumulate(gradients, input, pulled, dy);
    }
    gradients.delete(y);
    dy.release();
    if (y !== loss) y.release();
  }
  return gradients;
}

/** Adds a pullback's result to what an input has received; memory that is shared is not written. */
function accumulate(
  gradients: Map<Tensor, Tensor>,
  input: Tensor,
  pulled: Tensor,
  dy: Tensor,
): void {
  const dx = pulled === dy ? view(dy, dy.shape) : pulled; // both will be released
  const sum = gradients.get(input);
  if (pulled === sum) return; // an op that adds to it, or gathers what comes by several ways
  if (!sum) {
    gradients.set(input, dx);
  } else if (sum.storage.references === 1) {
    addInto(sum, dx);
    dx.release();
  } else if (dx.storage.references === 1) {
    addInto(dx, sum);
    sum.release();
    gradients.set(input, dx);
  } else {
    const fresh = empty(sum.device, sum.shape);
    sum.device.copy(sum.storage, fresh.storage, 4 * sum.size);
    addInto(fresh, dx);
    sum.release();
    dx.release();
    gradients.set(input, fresh);
  }
}

/** Tracked tensors from the loss down, each after all that were made from it. */
function consumersFirst(loss: Tensor): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>([loss]);
  const stack: { tensor: Tensor; next: number }[] = [{ tensor: loss, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const edge = top.tensor.edges[top.next++];
    if (!edge) {
      order.push(top.tensor);
      stack.pop();
    } else if (!seen.has(edge.input)) {
      seen.add(edge.input);
      stack.push({ tensor: edge.input, next: 0 });
    }
  }
  return order.reverse();
}
