import { imageNet } from "../data/images/normalise.ts";
import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { freeze, state } from "../nn/mod.ts";
import { untracked } from "../tensor/mod.ts";
import { variants } from "../weights/layouts/variant.ts";
import { avgPool } from "../wgsl/mod.ts";
import type {
  Backbone,
  BackboneName,
  BackboneOptions,
  BackbonePlan,
  BackboneUse,
} from "./backbone.ts";
import { Encoder } from "./encoder.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";
import { ResNet, resNetChannels, type ResNetDepth, resNetStrides } from "./resnet.ts";
import { publishedNames, ResNet38 } from "./resnet38.ts";

/** One network as an encoder. */
export interface BackboneKind {
  /** What is known before it is made. */
  plan(options: BackboneOptions, use: BackboneUse): BackbonePlan;
  /** Makes it with random weights; all of it is trained, unless its plan says that it is frozen. */
  make(
    device: Device,
    options: BackboneOptions,
    random: Random,
    use: BackboneUse,
  ): Pick<Backbone, "trained" | "tensors" | "encode">;
}

const compact: BackboneKind = {
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
const BLOCKS = {
  seeds: [2, 5, 12, 17],
  segmentation: [2, 16],
  skips: [2, 5, 16],
} as const;
/** Image side over map side of MobileNetV2 where the options leave it open. */
const STRIDES = { seeds: 16, segmentation: 8, skips: 16 } as const;
/** Channels, and the stride at output stride 32, of the blocks that may be read. */
const BLOCK_STAGES: Readonly<Record<number, readonly [channels: number, stride: number]>> = {
  2: [24, 4],
  5: [32, 8],
  12: [96, 16],
  16: [320, 32],
  17: [1280, 32],
};

const mobileNet: BackboneKind = {
  plan({ outputStride, variant = "tensorflow", trainFrom = null }, use) {
    const stages = BLOCKS[use].map((block) => {
      const [channels, stride] = BLOCK_STAGES[block];
      return { channels, stride: Math.min(stride, outputStride ?? STRIDES[use]) };
    });
    const first = trainFrom ?? Infinity;
    return {
      stages,
      normalisation: variants[variant].normalisation,
      frozen: trainFrom === null,
      fixed(name) {
        const block = /^block(\d+)\./.exec(name)?.[1];
        if (block !== undefined) return Number(block) < first;
        if (name.startsWith("conv1.")) return first > 0;
        return name.startsWith("classifier.") || first > 17; // its scores are not read
      },
    };
  },
  make(device, { outputStride, variant = "tensorflow", trainFrom = null }, random, use) {
    const { padding } = variants[variant];
    const geometry = { outputStride: outputStride ?? STRIDES[use], padding };
    const encoder = new MobileNetV2(device, geometry, random);
    const blocks = BLOCKS[use];
    const encode: Backbone["encode"] = (x) => {
      const features = encoder.features(x, blocks[blocks.length - 1], blocks);
      return blocks.map((block) => features[block]);
    };
    const tensors = [...encoder.named()];
    if (trainFrom !== null) return { trained: encoder, tensors, encode };
    freeze(encoder);
    return { trained: {}, tensors, encode: (x, mode) => untracked(() => encode(x, mode)) };
  },
};

/**
 * A ResNet of a depth: for seeds all of its stages are read, and its stem where that is wanted; for
 * segmentation the first stage and the last, and for skips the second too.
 */
function resNet(depth: ResNetDepth): BackboneKind {
  const read = <T>([stem, ...stages]: readonly T[], use: BackboneUse, withStem = false) => {
    const [one, two, , last] = stages;
    if (use === "segmentation") return [one, last];
    if (use === "skips") return [one, two, last];
    return withStem ? [stem, ...stages] : stages;
  };
  return {
    plan({ outputStride = 16, trainFrom = 1, stem }, use) {
      const channels = [64, ...resNetChannels(depth)];
      const strides = [4, ...resNetStrides(outputStride)];
      const maps = channels.map((channels, i) => ({ channels, stride: strides[i] }));
      return {
        stages: read(maps, use, stem),
        normalisation: imageNet,
        frozen: trainFrom === null,
        fixed(name) {
          const stage = Number(/^layer(\d)\./.exec(name)?.[1] ?? 0);
          return stage < (trainFrom ?? Infinity);
        },
      };
    },
    make(device, { outputStride = 16, dilate, trainFrom = 1, trainNorms, stem }, random, use) {
      const normsFrom = trainNorms && trainFrom !== null ? trainFrom : undefined;
      const encoder = new ResNet(device, { depth, outputStride, dilate, normsFrom }, random);
      const encode: Backbone["encode"] = (x, mode) => read(encoder.maps(x, mode), use, stem);
      const tensors = [...publishedNames(encoder)];
      if (trainFrom !== null) return { trained: encoder, tensors, encode };
      freeze(encoder);
      return { trained: {}, tensors, encode: (x) => untracked(() => encode(x, "infer")) };
    },
  };
}

/** What training leaves alone of ResNet-38: the first blocks in PSA, one layer in SSDD. */
const FIXED = {
  seeds: /^(conv1a|b2(_\d)?)\./,
  segmentation: /^conv1a\./,
  skips: /^conv1a\./,
} as const;

const resNet38: BackboneKind = {
  plan({ widthDivisor = 1 }, use) {
    const sizes = use === "seeds"
      ? [[128, 2], [256, 4], [512, 8], [1024, 8], [4096, 8]]
      : [[128, 4], [4096, 8]];
    const stages = sizes.map(([channels, stride]) => {
      return { channels: channels / widthDivisor, stride };
    });
    const fixed = (name: string) => FIXED[use].test(name);
    return { stages, normalisation: imageNet, frozen: false, fixed };
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

/** Every encoder by its name. */
export const kinds: Readonly<Record<BackboneName, BackboneKind>> = {
  "encoder-decoder": compact,
  "mobilenet-v2": mobileNet,
  "resnet18": resNet(18),
  "resnet34": resNet(34),
  "resnet50": resNet(50),
  "resnet101": resNet(101),
  "resnet38": resNet38,
};
