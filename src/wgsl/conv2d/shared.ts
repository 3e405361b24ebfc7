import type { Tensor } from "../../tensor/mod.ts";

/**
 * Stages (or masks) an upstream gradient once for the pullbacks of all tracked inputs, which run in one go, and
 * releases it after the last.
 */
export function shared<S extends { readonly data: Tensor }>(
  inputs: readonly Tensor[],
  make: (dy: Tensor) => S,
): <T>(dy: Tensor, use: (staged: S) => T) => T {
  const pullbacks = inputs.filter((input) => input.tracked).length; // as when the tape is made
  let uses = 0;
  let staged: S | undefined;
  let source: Tensor | undefined;
  return (dy, use) => {
    if (!staged || source !== dy) {
      staged?.data.release();
      source = dy;
      staged = make(dy);
      uses = pullbacks;
    }
    const result = use(staged);
    if (--uses === 0) {
      staged.data.release();
      staged = source = undefined;
    }
    return result;
  };
}
