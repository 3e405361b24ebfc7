import type { Random } from "../data/random.ts";
import { Tensor } from "../tensor/mod.ts";
import { dropout2d } from "../wgsl/mod.ts";
import type { Mode, Module } from "./module.ts";

/** Drops whole channels of each image with probability p while training (Tompson et al. 2015). */
export class Dropout2d implements Module {
  /** Which training step it is; with the seed it decides what is dropped. */
  step = 0;
  readonly #seed: number;

  /** A layer with its own seed. */
  constructor(readonly p: number, random: Random) {
    this.#seed = random.integer(2 ** 16);
  }

  /** `[n, c, h, w]` to the same shape; the identity when inferring. */
  forward(x: Tensor, mode: Mode): Tensor {
    return mode === "train" && this.p > 0
      ? dropout2d(x, this.p, this.#seed * 65536 + this.step % 65536)
      : x;
  }
}

/** Tells every dropout layer of a network which step it is, so that a resumed run repeats it. */
export function setStep(root: object, step: number): void {
  for (const value of Object.values(root)) {
    if (value instanceof Dropout2d) value.step = step;
    else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
      if (!(value instanceof Tensor)) setStep(value, step);
    }
  }
}
