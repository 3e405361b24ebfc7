import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { Dropout2d, type Mode, xavier } from "../nn/mod.ts";
import { reshape, type Tensor, untracked } from "../tensor/mod.ts";
import { conv2d, globalAvgPool, relu } from "../wgsl/mod.ts";

/** The sizes of a classifier. */
export interface ClassifierOptions {
  /** Channels of the features it reads. */
  readonly channels: number;
  /** Classes, background included; it scores all but the background. */
  readonly classes: number;
  /** Probability that a channel is dropped while training; 0.5 as in PSA by default. */
  readonly dropout?: number;
}

/**
 * Says which classes an image shows: dropout of channels, the mean over all pixels, one linear layer
 * without bias (PSA, Ahn and Kwak 2018). Because the layer is linear, applying it to every pixel
 * says where the classes are: the class activation maps (Zhou et al. 2016).
 */
export class Classifier {
  /** The linear layer `[classes - 1, channels, 1, 1]`, under PSA's name. */
  readonly fc8: { readonly weight: Tensor };
  private readonly dropout: Dropout2d;

  /** A classifier with uniform weights (Glorot and Bengio 2010). */
  constructor(device: Device, options: ClassifierOptions, random: Random) {
    const { channels, classes, dropout = 0.5 } = options;
    this.fc8 = { weight: xavier(device, [classes - 1, channels, 1, 1], random.fork("fc8")) };
    this.dropout = new Dropout2d(dropout, random.fork("dropout"));
  }

  /** Logits `[n, classes - 1]` of features `[n, channels, h, w]`, or of their means, h = w = 1. */
  forward(features: Tensor, mode: Mode): Tensor {
    const { weight } = this.fc8;
    const [outputs, channels] = weight.shape;
    const pooled = globalAvgPool(this.dropout.forward(features, mode));
    const [n] = features.shape;
    return reshape(conv2d(reshape(pooled, [n, channels, 1, 1]), weight), [n, outputs]);
  }

  /** Class activation maps `[n, classes - 1, h, w]` of features: what the weights say where above 0. */
  cam(features: Tensor): Tensor {
    return untracked(() => relu(conv2d(features, this.fc8.weight)));
  }
}
