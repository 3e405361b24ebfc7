import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { Dropout2d, type Mode, xavier } from "../nn/mod.ts";
import { keep, reshape, type Tensor, tensor, untracked } from "../tensor/mod.ts";
import { concat, conv2d, globalAvgPool, relu, scale, slice, sub } from "../wgsl/mod.ts";

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
}

/**
 * Says which classes an image shows: dropout of channels, the mean over all pixels, one linear layer
 * without bias (PSA, Ahn and Kwak 2018). Because the layer is linear, applying it to every pixel
 * says where the classes are: the class activation maps (Zhou et al. 2016).
 */
export class Classifier {
  /** The linear layer `[classes - 1, channels, 1, 1]`, under PSA's name. */
  readonly fc8: { readonly weight: Tensor };
  /** What is subtracted from the features, `[1, channels, 1, 1]`: zeros until it is written. */
  readonly centre?: Tensor;
  private readonly dropout: Dropout2d;

  /** A classifier with uniform weights (Glorot and Bengio 2010). */
  constructor(device: Device, options: ClassifierOptions, random: Random) {
    const { channels, classes, dropout = 0.5, gain = 1, centred = false } = options;
    const shape = [classes - 1, channels, 1, 1];
    this.fc8 = { weight: xavier(device, shape, random.fork("fc8"), gain) };
    if (centred) {
      this.centre = keep(tensor(device, new Float32Array(channels), [1, channels, 1, 1]));
    }
    this.dropout = new Dropout2d(dropout, random.fork("dropout"));
  }

  /** Logits `[n, classes - 1]` of features `[n, channels, h, w]`, or of their means, h = w = 1. */
  forward(features: Tensor, mode: Mode): Tensor {
    const { weight } = this.fc8;
    const [outputs, channels] = weight.shape;
    const [n] = features.shape;
    const means = reshape(globalAvgPool(features), [n, channels, 1, 1]);
    const centred = this.centre ? sub(means, this.centre) : means;
    return reshape(conv2d(this.dropout.forward(centred, mode), weight), [n, outputs]);
  }

  /**
   * Class activation maps `[n, labels, h, w]` of features: max(0, what the weights of each label
   * say of each pixel). Labels count from 1, as class indices do; without
   * them there are maps of all.
   */
  cam(features: Tensor, labels?: readonly number[]): Tensor {
    return untracked(() => {
      const all = this.fc8.weight;
      const weight = labels ? concat(labels.map((c) => slice(all, 0, c - 1, c)), 0) : all;
      if (!this.centre) return relu(conv2d(features, weight));
      const bias = reshape(scale(conv2d(this.centre, weight), -1), [weight.shape[0]]);
      return conv2d(features, weight, { bias, activation: "relu" });
    });
  }
}
