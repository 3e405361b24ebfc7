import type { Device, Storage } from "../gpu/mod.ts";
import { sizeOf } from "./shape.ts";

/** The type of a tensor's elements: 4 bytes each, f16 2; f16 is stored alone, kernels compute in f32. */
export type DType = "f32" | "f16" | "u32";

/** How the maps of a network are kept. */
export type Precision = "f32" | "f16";

/**
 * From the gradient of the loss by an op's output, the gradient by one of its inputs. What has come to that
 * input by other ways is `sum`, if it may be written: an op that adds to it in its own pass returns it.
 */
export type Pullback = (dy: Tensor, sum?: Tensor) => Tensor;

/** One input of the op that made a tensor, and the way its gradient takes. */
export interface Edge {
  /** The op's input. */
  readonly input: Tensor;
  /** Its pullback. */
  readonly pullback: Pullback;
}

/**
 * A value on a device: a shape and memory, row-major.
 *
 * Ops are functions; a tensor only knows what it is and how it was made. Memory is padded to whole
 * vectors of four; what is beyond `size` is undefined.
 */
export class Tensor {
  #released = false;

  /** Use {@linkcode tensor}, {@linkcode empty} or {@linkcode parameter}. */
  constructor(
    /** Where the value lives. */
    readonly device: Device,
    /** Sizes, outermost first; images are `[n, c, h, w]`. */
    readonly shape: readonly number[],
    /** The memory, perhaps shared with other tensors. */
    readonly storage: Storage,
    /** The elements' type. */
    readonly dtype: DType = "f32",
    /** Whether gradients are wanted: a leaf that is trained; set it to false to freeze the leaf. */
    public trained: boolean = false,
    /** How it was made, as far as gradients need it. */
    readonly edges: readonly Edge[] = [],
  ) {
    device.enroll(this);
  }

  /** How many elements there are. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether a gradient flows through this tensor. */
  get tracked(): boolean {
    return this.trained || this.edges.length > 0;
  }

  /** Whether its memory was given back. */
  get released(): boolean {
    return this.#released;
  }

  /** Gives the memory back; the scope or `backward` usually does it. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.storage.release();
  }
}
