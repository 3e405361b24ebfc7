/** An image or a CRF's option beyond what a device, or the keys of a lattice, can hold. */
export class LimitError extends RangeError {
  /** The name shown before the message. */
  override readonly name: string = "LimitError";
}

/** Which standard deviations of a kernel. */
export type KernelWidth = "smoothness" | "appearance" | "colour";

/** A kernel too narrow for an image: the keys of its lattice cannot tell all its vertices apart. */
export class NarrowKernelError extends LimitError {
  /** The name shown before the message. */
  override readonly name = "NarrowKernelError";

  /**
   * With the deviations that are too small: those in space of a kernel that compares positions alone
   * ("smoothness") or colours as well ("appearance"), or those of colours; the image's sides; and the
   * least that would do, beside the others.
   */
  constructor(
    readonly which: KernelWidth,
    readonly deviation: number,
    readonly sides: readonly [width: number, height: number],
    readonly least: number,
  ) {
    super(
      `Cannot build a lattice: a standard deviation of ${deviation} (${which}) is too small for ` +
        `${sides[0]}x${sides[1]} pixels. Use ${least} or more`,
    );
  }
}
