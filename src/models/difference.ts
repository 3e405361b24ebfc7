import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { BatchNorm, Conv, type ConvOptions } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { add, concat, oneHot, relu } from "../wgsl/mod.ts";

/** The sizes of a change predictor. */
export interface DifferenceOptions {
  /** Channels of the segmenter's features e^h. */
  readonly high: number;
  /** Channels of its features e^l. */
  readonly low: number;
  /** Classes, background included. */
  readonly classes: number;
  /** Channels inside; 256 in the published network. */
  readonly width: number;
  /**
   * `none`: biases and no normalisation. `frozen`: the published layers, without biases and with
   * batch norms that are never updated, for published weights.
   */
  readonly norm?: "none" | "frozen";
}

/** Convolution, frozen batch norm if there is one, ReLU if wanted. */
class ConvNorm {
  readonly conv: Conv;
  readonly norm?: BatchNorm;

  constructor(
    device: Device,
    options: Omit<ConvOptions, "bias" | "activation">,
    activation: "none" | "relu",
    norm: "none" | "frozen",
    random: Random,
  ) {
    const frozen = norm === "frozen";
    const fused = frozen ? "none" : activation;
    this.conv = new Conv(device, { ...options, bias: !frozen, activation: fused }, random);
    if (frozen) {
      const follows = activation === "relu" ? activation : undefined;
      this.norm = new BatchNorm(device, options.outputs, {
        eps: 1e-3,
        frozen,
        activation: follows,
      });
    }
  }

  forward(x: Tensor): Tensor {
    const y = this.conv.forward(x);
    return this.norm ? this.norm.forward(y, "infer") : y;
  }
}

/**
 * Change-region prediction: from features and **one** mask of a pair, the logit for each pixel that
 * the other mask differs there (DD-Net of SSDD, Shimoda & Yanai 2019, section 3.2).
 *
 * The same weights judge knowledge and advice: `logits(head, K)` and `logits(head, A)`.
 */
export class DifferencePredictor {
  private readonly features: ConvNorm;
  private readonly mask: ConvNorm;
  private readonly reduce: ConvNorm;
  private readonly middle: ConvNorm;
  private readonly expand: ConvNorm;
  private readonly shortcut: ConvNorm;
  /** The last layer, 1x1 to one logit. */
  readonly predict: Conv;
  readonly #classes: number;

  /** A predictor with He-normal weights. */
  constructor(device: Device, options: DifferenceOptions, random: Random) {
    const { high, low, classes, width, norm = "none" } = options;
    const layer = (
      name: string,
      inputs: number,
      size: 1 | 3,
      activation: "none" | "relu",
      border: "zero" | "reflect" = "zero",
    ) =>
      new ConvNorm(
        device,
        { inputs, outputs: width, size, border },
        activation,
        norm,
        random.fork(name),
      );
    this.features = layer("features", high + low, 3, "relu", "reflect");
    this.mask = layer("mask", classes, 1, "relu");
    this.reduce = layer("reduce", 2 * width, 1, "relu");
    this.middle = layer("middle", width, 3, "relu", "reflect");
    this.expand = layer("expand", width, 1, "none");
    this.shortcut = layer("shortcut", 2 * width, 1, "none");
    this.predict = new Conv(
      device,
      { inputs: width, outputs: 1, size: 1, bias: norm === "none" },
      random.fork("predict"),
    );
    this.#classes = classes;
  }

  /** What both masks share: e^h `[n, high, h, w]` and e^l `[n, low, h, w]` to `[n, width, h, w]`. */
  head(high: Tensor, low: Tensor): Tensor {
    return this.features.forward(concat([high, low]));
  }

  /** Change logits `[n, 1, h, w]` of a mask `[n, h, w]` of class indices (255 is no class). */
  logits(head: Tensor, mask: Tensor): Tensor {
    const x = concat([head, this.mask.forward(oneHot(mask, this.#classes))]);
    const y = this.expand.forward(this.middle.forward(this.reduce.forward(x)));
    return this.predict.forward(relu(add(y, this.shortcut.forward(x))));
  }
}
