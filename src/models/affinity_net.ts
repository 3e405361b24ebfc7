import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { kaiming, xavier } from "../nn/mod.ts";
import { nchw, sameShape, type Tensor } from "../tensor/mod.ts";
import { concat, conv2d, elu, resizeBilinear, split } from "../wgsl/mod.ts";
import type { BackboneStage } from "./backbone.ts";

/** The sizes of an affinity network. */
export interface AffinityOptions {
  /** Image side over the side of the walk's grid. */
  readonly stride: number;
  /**
   * The most channels that a map is reduced to; otherwise it is an eighth of its channels, and at
   * least 32. With 256, the default, these are the 64, 128 and 256 of the published network.
   */
  readonly mostChannels?: number;
  /** Which maps of the backbone it reads, by their index; those that are not finer by default. */
  readonly used?: readonly number[];
  /** The channels to which each map that it reads is reduced, instead. */
  readonly widths?: readonly number[];
}

/**
 * Features whose differences tell whether neighbouring pixels show the same class, on the maps of a
 * backbone (AffinityNet, Ahn & Kwak, CVPR 2018, section 3.2).
 *
 * Each map is reduced by a 1x1 convolution and an ELU, resized to the grid of the walk, and all are
 * mixed by another; there are no biases. On ResNet-38 with stride 8 it is the published network.
 */
export class AffinityNet {
  /** Image side over the side of the walk's grid. */
  readonly stride: number;
  /** Which maps of the backbone it reads, by their index. */
  readonly used: readonly number[];
  /** The reductions, f8_3, f8_4 and f8_5 of the published network: `[width, channels, 1, 1]`. */
  readonly reduce: readonly Tensor[];
  /** The mixture, f9: `[widths, widths, 1, 1]`. */
  readonly mix: Tensor;

  /**
   * A network with the published initial values: He-normal, and Xavier-uniform of gain 4.
   *
   * @throws {RangeError} when all maps are finer than the grid.
   */
  constructor(
    device: Device,
    stages: readonly BackboneStage[],
    { stride, mostChannels = 256, used, widths }: AffinityOptions,
    random: Random,
  ) {
    this.stride = stride;
    this.used = used ?? stages.flatMap((own, i) => own.stride >= stride ? [i] : []);
    if (this.used.length === 0) {
      const strides = stages.map((own) => own.stride).join(", ");
      throw new RangeError(`Cannot make features of stride ${stride} of maps of ${strides}`);
    }
    this.reduce = this.used.map((i, nth) => {
      const { channels } = stages[i];
      const width = widths?.[nth] ?? Math.min(mostChannels, Math.max(32, Math.round(channels / 8)));
      return kaiming(device, [width, channels, 1, 1], random.fork(`reduce ${i}`));
    });
    const width = this.reduce.reduce((sum, { shape }) => sum + shape[0], 0);
    this.mix = xavier(device, [width, width, 1, 1], random.fork("mix"), 4);
  }

  /**
   * Features `[n, c, h, w]` on the grid of images of `height` x `width` pixels, its sides rounded up,
   * from the maps that it uses, in their order.
   *
   * The coarsest maps are mixed before they are resized: both are linear and may change places, and there
   * are fewer pixels to mix.
   */
  forward(maps: readonly Tensor[], height: number, width: number): Tensor {
    const size = [Math.ceil(height / this.stride), Math.ceil(width / this.stride)] as const;
    const reduced = maps.map((map, i) => elu(conv2d(map, this.reduce[i])));
    const coarse = coarsest(reduced, size);
    const fine = reduced.slice(0, reduced.length - coarse.length);
    const channels = fine.reduce((sum, { shape }) => sum + shape[1], 0);
    if (coarse.length === 0) return elu(conv2d(resized(fine, size), this.mix));
    if (fine.length === 0) return elu(resizeBilinear(conv2d(joined(coarse), this.mix), ...size));
    const [mixFine, mixCoarse] = split(this.mix, 1, channels);
    const residual = resizeBilinear(conv2d(joined(coarse), mixCoarse), ...size);
    return elu(conv2d(resized(fine, size), mixFine, { residual }));
  }

  /** Its tensors under the names of the published network. */
  *named(): Generator<[name: string, tensor: Tensor]> {
    for (const [i, weight] of this.reduce.entries()) yield [`f8_${3 + i}.weight`, weight];
    yield ["f9.weight", this.mix];
  }
}

/**
 * The last of the maps that have one size, if they are coarser than the grid and have so many channels that
 * resizing all that are mixed of them takes less than mixing them on the grid.
 */
function coarsest(maps: readonly Tensor[], [h, w]: readonly [number, number]): readonly Tensor[] {
  const size = maps[maps.length - 1].shape.slice(2);
  if (size[0] * size[1] * 2 > h * w) return [];
  const first = maps.findIndex(({ shape }) => sameShape(shape.slice(2), size));
  const [coarse, all] = [maps.slice(first), maps].map((some) =>
    some.reduce((sum, { shape }) => sum + shape[1], 0)
  );
  return coarse > all / 4 ? maps.slice(first) : [];
}

function resized(maps: readonly Tensor[], [h, w]: readonly [number, number]): Tensor {
  return joined(maps.map((map) => {
    const [, , high, wide] = nchw("resize features", map.shape);
    return high === h && wide === w ? map : resizeBilinear(map, h, w);
  }));
}

function joined(maps: readonly Tensor[]): Tensor {
  return maps.length === 1 ? maps[0] : concat(maps);
}
