import type { Tensor } from "./tensor.ts";

/** One op as it was called, for those that write a network in another form. */
export interface Traced {
  /** The name of the op's function. */
  readonly op: string;
  /** The tensors it read. */
  readonly inputs: readonly Tensor[];
  /** What it made. */
  readonly output: Tensor;
  /** What else it was told. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

let record: Traced[] | undefined;

/** Runs `compute` and returns the ops that it called, in order. */
export function trace(compute: () => void): Traced[] {
  const [before, calls] = [record, [] as Traced[]];
  record = calls;
  try {
    compute();
  } finally {
    record = before;
  }
  return calls;
}

/** Whether somebody wants to know which ops are called. */
export function tracing(): boolean {
  return record !== undefined;
}

/** Says of an op's output how it was made, where somebody wants to know; returns the output. */
export function traced(
  output: Tensor,
  op: string,
  inputs: readonly Tensor[],
  attributes: Readonly<Record<string, unknown>> = {},
): Tensor {
  record?.push({ op, inputs, output, attributes });
  return output;
}
