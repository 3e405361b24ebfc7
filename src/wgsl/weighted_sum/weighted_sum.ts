import { kernel } from "../../gpu/mod.ts";
import { derive, empty, sameShape, showShape, type Tensor, view } from "../../tensor/mod.ts";
import { shared } from "../conv2d/shared.ts";
import { scale } from "../scale/scale.ts";
import code from "./weighted_sum.wgsl" with { type: "text" };
import gradCode from "./weighted_sum_grad.wgsl" with { type: "text" };

const forward = kernel("weighted_sum", code);
const grad = kernel("weighted_sum_grad", gradCode);

/** Tensors that one dispatch adds. */
const MOST = 4;

/**
 * The sum of tensors of one shape, each times its weight: what losses are made of.
 *
 * @throws {TypeError} when there are none, or their shapes differ.
 */
export function weightedSum(terms: readonly (readonly [weight: number, x: Tensor])[]): Tensor {
  const [first] = terms;
  if (!first || !terms.every(([, { shape }]) => sameShape(shape, first[1].shape))) {
    const shapes = terms.map(([, { shape }]) => showShape(shape)).join(" ");
    throw new TypeError(`Cannot add up ${shapes || "nothing"}: the shapes differ`);
  }
  if (terms.length === 1) return first[0] === 1 ? first[1] : scale(first[1], first[0]);
  const sum = few(terms.slice(0, MOST));
  return terms.length <= MOST ? sum : weightedSum([[1, sum], ...terms.slice(MOST)]);
}

function few(terms: readonly (readonly [weight: number, x: Tensor])[]): Tensor {
  const xs = terms.map(([, x]) => x);
  const [{ device, shape, size }] = xs;
  const at = (i: number) => Math.min(i, xs.length - 1);
  const quads = Math.ceil(size / 4);
  const dispatch = {
    params: {
      quads,
      ...Object.fromEntries([0, 1, 2, 3].map((i) => [`weight${i}`, terms[at(i)][0]])),
    },
    overrides: { COUNT: xs.length },
    threads: quads,
  };
  const y = empty(device, shape);
  device.run(forward, { x0: xs[0], x1: xs[1], x2: xs[at(2)], x3: xs[at(3)], y }, dispatch);
  const gradients = shared(xs, (dy) => {
    const all = [0, 1, 2, 3].map(() => empty(device, shape));
    const [dx0, dx1, dx2, dx3] = all;
    device.run(grad, { dy, dx0, dx1, dx2, dx3 }, dispatch);
    for (const [i, dx] of all.entries()) if (!xs[i]?.tracked) dx.release();
    return { data: view(dy, shape), all };
  });
  return derive(
    y,
    ...xs.map((x, i) => [x, (dy: Tensor) => gradients(dy, ({ all }) => all[i])] as const),
  );
}
