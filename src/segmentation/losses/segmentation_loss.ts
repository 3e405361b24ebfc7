import type { Device } from "../../gpu/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { crossEntropy } from "../../wgsl/mod.ts";

/** What a loss may read: one batch, at the resolution of the network's maps. */
export interface LossInput {
  /** Class scores before softmax, `[n, classes, h, w]`. */
  readonly logits: Tensor;
  /** Class indices, u32 `[n, h, w]`, 255 for none; absent where the training was given no masks. */
  readonly masks?: Tensor;
  /** 1 for the foreground classes each image shows, `[n, classes - 1]`. */
  readonly labels: Tensor;
  /**
   * Uploads the photographs' colours, 0 to 255, `[n, 3, h, w]`.
   *
   * @throws {TypeError} when the kind of loss does not say that it needs them.
   */
  colours(): Tensor;
}

/** A loss on one device. */
export interface SegmentationLoss extends Disposable {
  /** Records the loss of a batch, `[1]`. */
  of(input: LossInput): Tensor;
}

/** A loss that `train segmenter` can be asked for. */
export interface LossKind {
  /** Whether it needs masks; one that does not learns from image labels alone. */
  readonly masks: boolean;
  /** Whether it reads the photographs' colours. */
  readonly colours?: boolean;
  /** Makes ready; `options` are those of the training. */
  open(device: Device, options: object): SegmentationLoss;
}

/** Softmax cross-entropy with the masks: the mean over their pixels that are not 255. */
export const crossEntropyLoss: LossKind = {
  masks: true,
  open: () => ({
    of: ({ logits, masks }) => crossEntropy(logits, masks!),
    [Symbol.dispose]() {},
  }),
};
