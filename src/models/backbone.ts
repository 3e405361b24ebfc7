import { imageNet, type Normalisation, symmetric } from "../data/images/normalise.ts";
import type { Random } from "../data/random.ts";
import { checksum } from "../files/checksum.ts";
import type { Device } from "../gpu/mod.ts";
import { freeze, loadState, type Mode, type NamedTensors, state } from "../nn/mod.ts";
import { read, type Tensor, untracked } from "../tensor/mod.ts";
import { avgPool } from "../wgsl/mod.ts";
import { Encoder } from "./encoder.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";
import { publishedNames, ResNet38 } from "./resnet38.ts";

/** The encoders that a {@linkcode Backbone} can be. */
export type BackboneName = "encoder-decoder" | "mobilenet-v2" | "resnet38";

/**
 * What reads an encoder's maps: `seeds` are the classifier and the affinity network, as PSA builds
 * them; `segmentation` is a segmentation head with change predictors, as SSDD builds them. The two
 * read other maps and, of resnet38, freeze other layers.
 */
export type BackboneUse = "seeds" | "segmentation";

/** Which encoder, and its sizes; what does not concern it is ignored. */
export interface BackboneOptions {
  /** The network whose encoder it is. */
  readonly network: BackboneName;
  /** Safetensors or .pth file of its weights; random ones when absent. */
  readonly weights?: string;
  /** Channels of the encoder-decoder's first level; 16 by default. */
  readonly width?: number;
  /** Levels of the encoder-decoder below its first; 2 by default. */
  readonly depth?: number;
  /** Divides every width of resnet38; 1 by default. */
  readonly widthDivisor?: number;
  /** Image side over map side of mobilenet-v2; 16 by default for seeds, 8 for segmentation. */
  readonly outputStride?: 8 | 16 | 32;
}

/** One of the maps that an encoder computes of an image. */
export interface BackboneStage {
  /** Channels of the map. */
  readonly channels: number;
  /** Side of the image divided by the side of the map. */
  readonly stride: number;
}

/** What is known of an encoder before it is made. */
export interface BackbonePlan {
  /** The maps of `encode`, the finest first. */
  readonly stages: readonly BackboneStage[];
  /** How its images are normalised. */
  readonly normalisation: Normalisation;
  /** Whether it never changes, so that its features may be kept. */
  readonly frozen: boolean;
  /** The first layers, which training leaves alone, by the names of their tensors. */
  readonly fixed?: RegExp;
}

/** An encoder of images, whichever it is; disposing of it gives its memory back. */
export interface Backbone extends BackbonePlan, Disposable {
  /** The part with the parameters that training changes; of a frozen one there are none. */
  readonly trained: object;
  /** Every tensor under the name that a file of its weights has. */
  readonly tensors: NamedTensors;
  /**
   * Maps of normalised images `[n, 3, h, w]`, one for each stage. Sides that are no multiple of a
   * stride are rounded, up or down as the network pads.
   */
  encode(x: Tensor, mode: Mode): Tensor[];
  /** A name for its features, under which they may be kept: other maps or weights have another. */
  key(): Promise<string>;
}

/** What an encoder of these options will be. */
export function backbonePlan(options: BackboneOptions, use: BackboneUse): BackbonePlan {
  return KINDS[options.network].plan(options, use);
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
  use: BackboneUse = "seeds",
): Promise<Backbone> {
  return await loadBackbone(makeBackbone(device, options, random, use), options);
}

/**
 * Reads an encoder's weights where the options name a file, and freezes the layers that training
 * leaves alone; on failure its memory is given back.
 *
 * @throws {InputError} when the file is missing, damaged or of another network.
 */
export async function loadBackbone(
  backbone: Backbone,
  { weights }: Pick<BackboneOptions, "weights">,
): Promise<Backbone> {
  try {
    const { tensors, fixed } = backbone;
    if (weights) await loadState(weights, tensors);
    for (const [name, tensor] of tensors) if (fixed?.test(name)) tensor.trained = false;
    return backbone;
  } catch (error) {
    backbone[Symbol.dispose]();
    throw error;
  }
}

/** An encoder with random weights, which trains all of its layers unless it is frozen. */
export function makeBackbone(
  device: Device,
  options: BackboneOptions,
  random: Random,
  use: BackboneUse,
): Backbone {
  const { network } = options;
  const plan = backbonePlan(options, use);
  const made = KINDS[network].make(device, options, random, use);
  return {
    ...plan,
    ...made,
    async key() {
      const values = await Promise.all([...made.tensors].map(([, tensor]) => read(tensor)));
      const bytes = new Uint8Array(await new Blob(values).arrayBuffer());
      const strides = plan.stages.map(({ channels, stride }) => `${channels}/${stride}`);
      return `${network} ${strides.join(" ")} ${await checksum(bytes)}`;
    },
    [Symbol.dispose]() {
      for (const [, tensor] of made.tensors) tensor.release();
    },
  };
}

/** One network as an encoder. */
interface Kind {
  plan(options: BackboneOptions, use: BackboneUse): BackbonePlan;
  make(
    device: Device,
    options: BackboneOptions,
    random: Random,
    use: BackboneUse,
  ): Pick<Backbone, "trained" | "tensors" | "encode">;
}

const compact: Kind = {
  plan({ width = 16, depth = 2 }) {
    const stages = Array.from({ length: depth + 1 }, (_, level) => {
      return { channels: width * Math.min(2 ** level, 8), stride: 2 ** (level + 1) };
    });
    return { stages, normalisation: imageNet, frozen: false };
  },
  make(device, options, random) {
    const encoder = new Encoder(device, options, random);
    return {
      trained: encoder,
      tensors: [...state(encoder)],
      encode: (x, mode) => encoder.encode(x, mode),
    };
  },
};

/**
 * The blocks of MobileNetV2 whose outputs are read: for seeds the last before each stride and the
 * last convolution, for segmentation those that the head and the change predictors see.
 */
const BLOCKS = { seeds: [2, 5, 12, 17], segmentation: [2, 16] } as const;
/** Image side over map side of MobileNetV2 where the options leave it open. */
const STRIDES = { seeds: 16, segmentation: 8 } as const;
/** Channels, and the stride at output stride 32, of the blocks that may be read. */
const BLOCK_STAGES: Readonly<Record<number, readonly [channels: number, stride: number]>> = {
  2: [24, 4],
  5: [32, 8],
  12: [96, 16],
  16: [320, 32],
  17: [1280, 32],
};

const mobileNet: Kind = {
  plan({ outputStride }, use) {
    const stages = BLOCKS[use].map((block) => {
      const [channels, stride] = BLOCK_STAGES[block];
      return { channels, stride: Math.min(stride, outputStride ?? STRIDES[use]) };
    });
    return { stages, normalisation: symmetric, frozen: true };
  },
  make(device, { outputStride }, random, use) {
    const encoder = freeze(new MobileNetV2(device, outputStride ?? STRIDES[use], random));
    const blocks = BLOCKS[use];
    return {
      trained: {},
      tensors: [...encoder.named()],
      encode: (x) =>
        untracked(() => {
          const features = encoder.features(x, blocks[blocks.length - 1]);
          return blocks.map((block) => features[block]);
        }),
    };
  },
};

/** What training leaves alone of ResNet-38: the first blocks in PSA, one layer in SSDD. */
const FIXED = { seeds: /^(conv1a|b2(_\d)?)\./, segmentation: /^conv1a\./ } as const;

const resNet38: Kind = {
  plan({ widthDivisor = 1 }, use) {
    const sizes = use === "seeds"
      ? [[128, 2], [256, 4], [512, 8], [1024, 8], [4096, 8]]
      : [[128, 4], [4096, 8]];
    const stages = sizes.map(([channels, stride]) => ({
      channels: channels / widthDivisor,
      stride,
    }));
    return { stages, normalisation: imageNet, frozen: false, fixed: FIXED[use] };
  },
  make(device, { widthDivisor = 1 }, random, use) {
    const encoder = new ResNet38(device, widthDivisor, random);
    return {
      trained: encoder,
      tensors: [...publishedNames(encoder)],
      encode(x, mode) {
        const maps = encoder.forward(x, mode);
        const { conv2, conv3, conv4Activated, conv5Activated, conv6 } = maps;
        return use === "seeds"
          ? [conv2, conv3, conv4Activated, conv5Activated, conv6]
          : [avgPool(conv2, { size: 2 }), conv6];
      },
    };
  },
};

const KINDS: Readonly<Record<BackboneName, Kind>> = {
  "encoder-decoder": compact,
  "mobilenet-v2": mobileNet,
  "resnet38": resNet38,
};
