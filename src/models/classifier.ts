import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { constant, Dropout2d, type Mode, xavier } from "../nn/mod.ts";
import { keep, reshape, type Tensor, tensor, untracked } from "../tensor/mod.ts";
import { add, concat, conv2d, globalAvgPool, relu, scale, slice, sub } from "../wgsl/mod.ts";

/** The sizes of a classifier. */
export interface ClassifierOptions {
  /** Channels of the features it reads. */
  readonly channels: number;
  /** Classes, background included; it scores all but the background. */
  readonly classes: number;
  /** Probability that a channel is dropped while training; 0.5 as in PSA by default. */
  readonly dropout?: number;
  /** Factor on the first weights; 1 by default. */
  readonly gain?: number;
  /** Whether it subtracts constant means from the features first; false, as in PSA, by default. */
  readonly centred?: boolean;
  /** Whether its linear layer has a bias, as those of torchvision have; false, as in PSA, by default. */
  readonly biased?: boolean;
}

/**
 * Says which classes an image shows: dropout of channels, the mean over all pixels, one linear layer,
 * in PSA without bias (Ahn and Kwak 2018). Because the layer is linear, applying it to every pixel
 * says where the classes are: the class activation maps (Zhou et al. 2016).
 */
export class Classifier {
  /** The linear layer `[classes - 1, channels, 1, 1]`, under PSA's name. */
  readonly fc8: { readonly weight: Tensor };
  /** What is subtracted from the features, `[1, channels, 1, 1]`: zeros until it is written. */
  readonly centre?: Tensor;
  /** What is added to the scores, `[classes - 1]`: zeros until it is written. */
  readonly bias?: Tensor;
  private readonly dropout: Dropout2d;

  /** A classifier with uniform weights (Glorot and Bengio 2010). */
  constructor(device: Device, options: ClassifierOptions, random: Random) {
    const { channels, classes, dropout = 0.5, gain = 1, centred, biased } = options;
    const shape = [classes - 1, channels, 1, 1];
    this.fc8 = { weight: xavier(device, shape, random.fork("fc8"), gain) };
    if (centred) {
      this.centre = keep(tensor(device, new Float32Array(channels), [1, channels, 1, 1]));
    }
    if (biased) this.bias = constant(device, [classes - 1], 0);
    this.dropout = new Dropout2d(dropout, random.fork("dropout"));
  }

  /** Logits `[n, classes - 1]` of features `[n, channels, h, w]`, or of their means, h = w = 1. */
  forward(features: Tensor, mode: Mode): Tensor {
    const { weight } = this.fc8;
    const [outputs, channels] = weight.shape;
    const [n] = features.shape;
    const means = reshape(globalAvgPool(features), [n, channels, 1, 1]);
    const centred = this.centre ? sub(means, this.centre) : means;
    const scores = conv2d(this.dropout.forward(centred, mode), weight, { bias: this.bias });
    return reshape(scores, [n, outputs]);
  }

  /**
   * Class activation maps `[n, labels, h, w]` of features: max(0, what the weights of each label
   * say of each pixel). Labels count from 1, as class indices do; without
   * them there are maps of all.
   */
  cam(features: Tensor, labels?: readonly number[]): Tensor {
    return untracked(() => {
      const rows = (all: Tensor) =>
        labels ? concat(labels.map((c) => slice(all, 0, c - 1, c)), 0) : all;
      const weight = rows(this.fc8.weight);
      const own = this.bias && rows(this.bias);
      const centred = this.centre &&
        reshape(scale(conv2d(this.centre, weight), -1), [weight.shape[0]]);
      const bias = own && centred ? add(own, centred) : own ?? centred;
      if (!bias) return relu(conv2d(features, weight));
      return conv2d(features, weight, { bias, activation: "relu" });
    });
  }
}
