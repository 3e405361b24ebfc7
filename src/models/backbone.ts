import { imageNet, type Normalisation, symmetric } from "../data/images/normalise.ts";
import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { freeze, loadState, type Mode, type NamedTensors, state } from "../nn/mod.ts";
import { type Tensor, untracked } from "../tensor/mod.ts";
import { Encoder } from "./encoder_decoder.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";
import { publishedNames, ResNet38 } from "./resnet38.ts";

/** The encoders that a {@linkcode Backbone} can be. */
export type BackboneName = "encoder-decoder" | "mobilenet-v2" | "resnet38";

/** Which encoder, and its sizes; what does not concern it is ignored. */
export interface BackboneOptions {
  /** The network whose encoder it is. */
  readonly network: BackboneName;
  /** Safetensors or .pth file of its weights; random ones when absent. */
  readonly weights?: string;
  /** Channels of the encoder-decoder's first level. */
  readonly width?: number;
  /** Levels of the encoder-decoder below its first. */
  readonly depth?: number;
  /** Divides every width of resnet38. */
  readonly widthDivisor?: number;
  /** Image side over map side of mobilenet-v2; 16 by default. */
  readonly outputStride?: 8 | 16 | 32;
}

/** One of the maps that an encoder computes of an image. */
export interface BackboneStage {
  /** Channels of the map. */
  readonly channels: number;
  /** Side of the image divided by the side of the map. */
  readonly stride: number;
}

/** An encoder of images, whichever it is; disposing of it gives its memory back. */
export interface Backbone extends Disposable {
  /** The maps of `encode`, the finest first. */
  readonly stages: readonly BackboneStage[];
  /** How its images are normalised. */
  readonly normalisation: Normalisation;
  /** Whether it never changes, so that its features may be kept. */
  readonly frozen: boolean;
  /** The part with the parameters that training changes; of a frozen one there are none. */
  readonly trained: object;
  /** Every tensor under the name that a file of its weights has. */
  readonly tensors: NamedTensors;
  /**
   * Maps of normalised images `[n, 3, h, w]`, one for each stage. Sides that are no multiple of a
   * stride are rounded, up or down as the network pads.
   */
  encode(x: Tensor, mode: Mode): Tensor[];
}

/**
 * An encoder with random weights, or those of a file.
 *
 * @throws {InputError} when the file is missing, damaged or of another network.
 */
export async function buildBackbone(
  device: Device,
  options: BackboneOptions,
  random: Random,
): Promise<Backbone> {
  const backbone = BUILD[options.network](device, options, random);
  if (options.weights) await loadState(options.weights, backbone.tensors);
  return {
    ...backbone,
    [Symbol.dispose]: () => {
      for (const [, tensor] of backbone.tensors) tensor.release();
    },
  };
}

type Build = (
  device: Device,
  options: BackboneOptions,
  random: Random,
) => Omit<Backbone, keyof Disposable>;

const BUILD: Readonly<Record<BackboneName, Build>> = {
  "encoder-decoder": compact,
  "mobilenet-v2": mobileNet,
  "resnet38": resNet38,
};

function compact(device: Device, options: BackboneOptions, random: Random) {
  const encoder = new Encoder(device, options, random);
  return {
    stages: encoder.channels.map((channels, level) => ({ channels, stride: 2 ** (level + 1) })),
    normalisation: imageNet,
    frozen: false,
    trained: encoder,
    tensors: [...state(encoder)],
    encode: (x: Tensor, mode: Mode) => encoder.encode(x, mode),
  };
}

/** Blocks whose outputs are kept, the last before each stride, and the last convolution. */
const KEPT = [2, 5, 12, 17];

function mobileNet(device: Device, { outputStride = 16 }: BackboneOptions, random: Random) {
  const encoder = freeze(new MobileNetV2(device, outputStride, random));
  const at = (stride: number) => Math.min(stride, outputStride);
  return {
    stages: [
      { channels: 24, stride: 4 },
      { channels: 32, stride: 8 },
      { channels: 96, stride: at(16) },
      { channels: 1280, stride: at(32) },
    ],
    normalisation: symmetric,
    frozen: true,
    trained: {},
    tensors: [...encoder.named()],
    encode: (x: Tensor) =>
      untracked(() => {
        const features = encoder.features(x);
        return KEPT.map((i) => features[i]);
      }),
  };
}

/** Its first layers, which PSA leaves alone. */
const FIRST = /^(conv1a|b2(_\d)?)\./;

function resNet38(device: Device, { widthDivisor = 1 }: BackboneOptions, random: Random) {
  const encoder = new ResNet38(device, widthDivisor, random);
  for (const [path, tensor] of state(encoder)) if (FIRST.test(path)) tensor.trained = false;
  const sizes = [[128, 2], [256, 4], [512, 8], [1024, 8], [4096, 8]];
  return {
    stages: sizes.map(([channels, stride]) => ({ channels: channels / widthDivisor, stride })),
    normalisation: imageNet,
    frozen: false,
    trained: encoder,
    tensors: [...publishedNames(encoder)],
    encode(x: Tensor, mode: Mode) {
      const { conv2, conv3, conv4Activated, conv5Activated, conv6 } = encoder.forward(x, mode);
      return [conv2, conv3, conv4Activated, conv5Activated, conv6];
    },
  };
}
