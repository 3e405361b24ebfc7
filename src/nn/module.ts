import { Tensor } from "../tensor/mod.ts";

/** Whether a network trains (batch statistics, dropout) or infers (running statistics, none). */
export type Mode = "train" | "infer";

/** A part of a network with one input and one output. */
export interface Module {
  /** Computes the output. */
  forward(x: Tensor, mode: Mode): Tensor;
}

/**
 * Every tensor that belongs to a network, with its path such as `encoder.stem.weight`: the fields
 * of its objects and arrays, in order of definition. (A part must not hold its device as a field.)
 */
export function* state(root: object, path = ""): Generator<[path: string, tensor: Tensor]> {
  for (const [name, value] of Object.entries(root)) {
    const at = path === "" ? name : `${path}.${name}`;
    if (value instanceof Tensor) yield [at, value];
    else if (isPart(value)) yield* state(value, at);
  }
}

/** The tensors of a network that are trained, with their paths. */
export function* parameters(root: object, path = ""): Generator<[path: string, tensor: Tensor]> {
  for (const entry of state(root, path)) if (entry[1].trained) yield entry;
}

/** Stops training the tensors of a network; gradients no longer flow to them. */
export function freeze<T extends object>(root: T): T {
  for (const [, tensor] of state(root)) tensor.trained = false;
  return root;
}

/** Gives back the memory of every tensor of a network. */
export function releaseState(root: object): void {
  for (const [, tensor] of state(root)) tensor.release();
}

function isPart(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}
