import type { Device } from "../gpu/mod.ts";
import { constant } from "../nn/mod.ts";
import { nchw, type Tensor, untracked } from "../tensor/mod.ts";
import { concat, conv2d, groupNorm, relu, resizeBilinear } from "../wgsl/mod.ts";
import type { BackboneStage } from "./backbone.ts";

/** Groups of channels that are normalised together; no file says it. */
const GROUPS = 4;

/** One reduction: a 1x1 convolution and its group norm. */
interface Reduction {
  readonly conv: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/**
 * Where objects of two classes, or an object and the background, meet: IRN's branch of class boundaries on
 * the stem and the four stages of a ResNet (Ahn, Cho & Kwak, CVPR 2019, section 3, and the published code).
 *
 * Each map passes a 1x1 convolution, a group norm of 4 groups, a bilinear resizing to the grid and a ReLU;
 * one more 1x1 convolution makes a single map of all. Its weights come from a file: it is not trained.
 */
export class BoundaryNet {
  /** The reductions, fc_edge1 to fc_edge5. */
  private readonly reduce: readonly Reduction[];
  /** The mixture, fc_edge6: `[1, widths, 1, 1]` and `[1]`. */
  readonly mix: { readonly weight: Tensor; readonly bias: Tensor };

  /**
   * A network whose tensors are zeros until a file overwrites them.
   *
   * @param stages the maps that it reads
   * @param width the channels to which each is reduced: 32 as published
   * @throws {RangeError} when the width is no multiple of 4.
   */
  constructor(device: Device, stages: readonly BackboneStage[], width: number) {
    if (width < 1 || width % GROUPS !== 0) {
      throw new RangeError(`Cannot normalise ${width} channels in ${GROUPS} groups`);
    }
    const zeros = (...shape: number[]) => constant(device, shape, 0);
    this.reduce = stages.map(({ channels }) => ({
      conv: zeros(width, channels, 1, 1),
      weight: zeros(width),
      bias: zeros(width),
    }));
    this.mix = { weight: zeros(1, width * stages.length, 1, 1), bias: zeros(1) };
  }

  /**
   * Logits of boundaries `[n, 1, h, w]` on the grid of the first map, of maps whose sides are whole fractions
   * of its own.
   */
  forward(maps: readonly Tensor[]): Tensor {
    return untracked(() => {
      const [, , h, w] = nchw("resize maps to", maps[0].shape);
      const parts = this.reduce.map(({ conv, weight, bias }, i) => {
        const normalised = groupNorm(conv2d(maps[i], conv), GROUPS, { weight, bias });
        return relu(resizeBilinear(normalised, h, w));
      });
      const { weight, bias } = this.mix;
      return conv2d(concat(parts), weight, { bias });
    });
  }

  /** Its tensors under the names of the published network. */
  *named(): Generator<[name: string, tensor: Tensor]> {
    for (const [i, { conv, weight, bias }] of this.reduce.entries()) {
      yield [`fc_edge${i + 1}.0.weight`, conv];
      yield [`fc_edge${i + 1}.1.weight`, weight];
      yield [`fc_edge${i + 1}.1.bias`, bias];
    }
    const { length } = this.reduce;
    yield [`fc_edge${length + 1}.weight`, this.mix.weight];
    yield [`fc_edge${length + 1}.bias`, this.mix.bias];
  }
}
