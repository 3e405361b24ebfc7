import type { Tensor } from "../../tensor/mod.ts";
import type { StagedGradient } from "./passes.ts";

/**
 * Stages an upstream gradient once for the pullbacks of all tracked inputs, which run in one go, and
 * releases it after the last.
 */
export function shared(
  inputs: readonly Tensor[],
  make: (dy: Tensor) => StagedGradient,
): <T>(dy: Tensor, use: (staged: StagedGradient) => T) => T {
  let uses = 0;
  let staged: StagedGradient | undefined;
  let source: Tensor | undefined;
  return (dy, use) => {
    if (!staged || source !== dy) {
      staged?.data.release();
      source = dy;
      staged = make(dy);
      uses = inputs.filter((input) => input.tracked).length;
    }
    const result = use(staged);
    if (--uses === 0) {
      staged.data.release();
      staged = source = undefined;
    }
    return result;
  };
}
