import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { BatchNorm, Conv, type ConvOptions } from "../nn/mod.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";
import { add, addByClass, concat, conv2d, relu, split } from "../wgsl/mod.ts";

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
    return this.normalise(this.conv.forward(x));
  }

  /** What follows the convolution, its fused activation aside. */
  normalise(x: Tensor): Tensor {
    return this.norm ? this.norm.forward(x, "infer") : x;
  }
}

/**
 * Change-region prediction: from features and **one** mask of a pair, the logit for each pixel that
 * the other mask differs there (DD-Net of SSDD, Shimoda & Yanai 2019).
 *
 * The same weights read knowledge and advice: `logits(head, K)` and `logits(head, A)`.
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
    return this.logitsOfEach(head, [mask])[0];
  }

  /**
   * Change logits `[n, 1, h, w]` of each of several masks `[n, h, w]` of class indices.
   *
   * A mask has as many columns of features as there are classes: they are computed once for each
   * class, and what the head adds to the two layers that read both is computed once for all masks, which
   * are one batch.
   */
  logitsOfEach(head: Tensor, masks: readonly Tensor[]): Tensor[] {
    const features = this.mask.forward(everyClass(head.device, this.#classes));
    const [inner, outer] = [this.reduce, this.shortcut].map((layer) =>
      splitLayer(layer, head, features)
    );
    const all = masks.length === 1 ? masks[0] : concat(masks, 0);
    const activation = this.reduce.norm ? "none" : "relu";
    const x = this.reduce.normalise(addByClass(inner.head, inner.table, all, { activation }));
    const y = this.expand.forward(this.middle.forward(x));
    return batches(this.predict.forward(this.joined(y, outer, all)), masks.length);
  }

  /** relu(y + shortcut), in one pass over the map where nothing is normalised. */
  private joined(y: Tensor, { head, table }: Split, mask: Tensor): Tensor {
    if (!this.shortcut.norm) {
      return addByClass(head, table, mask, { more: y, activation: "relu" });
    }
    return relu(add(y, this.shortcut.normalise(addByClass(head, table, mask))));
  }
}

/** A batch in `count` parts of as many images. */
function batches(x: Tensor, count: number): Tensor[] {
  if (count === 1) return [x];
  const [first, others] = split(x, 0, x.shape[0] / count);
  return [first, ...batches(others, count - 1)];
}

/** What the head adds to a 1x1 convolution of head and mask, and what each class of mask adds. */
interface Split {
  readonly head: Tensor;
  readonly table: Tensor;
}

/** A one-hot image `[1, classes, 1, classes + 1]` of every class in turn; the last pixel is no class. */
function everyClass(device: Device, classes: number): Tensor {
  const data = new Float32Array(classes * (classes + 1));
  for (let c = 0; c < classes; c++) data[c * (classes + 1) + c] = 1;
  return tensor(device, data, [1, classes, 1, classes + 1]);
}

function splitLayer({ conv }: ConvNorm, head: Tensor, features: Tensor): Split {
  const [own, others] = split(conv.weight, 1, head.shape[1]);
  // Each pixel takes one column of the table, so that the bias may be there, and its gradient is small.
  return {
    head: conv2d(head, own),
    table: conv2d(features, others, { bias: conv.bias }),
  };
}
