import type { Normalisation } from "../data/images/normalise.ts";
import type { Random } from "../data/random.ts";
import { checksum } from "../files/checksum.ts";
import type { Source } from "../files/source.ts";
import type { Device } from "../gpu/mod.ts";
import type { Mode, NamedTensors } from "../nn/mod.ts";
import { inPrecision, type Precision, read, type Tensor } from "../tensor/mod.ts";
import { encoderVariant } from "../weights/encoder_file.ts";
import type { EncoderName, Variant } from "../weights/layouts/variant.ts";
import { kinds } from "./backbone_kinds.ts";
import { loadEncoder } from "./load_encoder.ts";

/** The encoders that a {@linkcode Backbone} can be. */
export type BackboneName = "encoder-decoder" | EncoderName;

/**
 * What reads an encoder's maps: `seeds` are the classifier and the affinity network, as PSA builds
 * them; `segmentation` is a segmentation head with change predictors, as SSDD builds them, which reads
 * the last map, and `skips` one that reads finer maps as well. They read other maps and, of resnet38,
 * freeze other layers.
 */
export type BackboneUse = "seeds" | "segmentation" | "skips";

/** Which encoder, and its sizes; what does not concern it is ignored. */
export interface BackboneOptions {
  /** The network whose encoder it is. */
  readonly network: BackboneName;
  /**
   * File of its weights in any known layout, or the name of public ones that were fetched; random ones
   * when absent.
   */
  readonly weights?: Source;
  /**
   * Whose mobilenet-v2 it is: how it pads and how its images are normalised. It follows from the file
   * of weights; without one it is TensorFlow's.
   */
  readonly variant?: Variant;
  /** Channels of the encoder-decoder's first level; 16 by default. */
  readonly width?: number;
  /** Levels of the encoder-decoder below its first; 2 by default. */
  readonly depth?: number;
  /** Divides every width of resnet38; 1 by default. */
  readonly widthDivisor?: number;
  /**
   * Image side over the side of the last map of mobilenet-v2 and resnet18 to 101; 16 by default, but
   * 8 for mobilenet-v2 in segmentation.
   */
  readonly outputStride?: 8 | 16 | 32;
  /** Whether strides of resnet18 to 101 that are left out become dilations; true by default. */
  readonly dilate?: boolean;
  /**
   * The first part that training changes: a block of mobilenet-v2, 0 to 16; a stage of resnet18 to
   * 101, 1 to 4, or 0 for all of it. Null freezes the encoder. By default mobilenet-v2 is frozen, and
   * a ResNet is trained from stage 1 on.
   */
  readonly trainFrom?: number | null;
  /** Whether seeds may read the map of a ResNet's stem too, before that of stage 1; false by default. */
  readonly stem?: boolean;
  /** Whether the batch norms of resnet18 to 101 are trained too; false by default. */
  readonly trainNorms?: boolean;
  /**
   * How its maps, and those of its weights that nothing trains, are kept; f32 by default. Sums, statistics
   * and gradients are f32 in any case.
   */
  readonly precision?: Precision;
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
  /** Whether a tensor is of the layers that training leaves alone, by its name. */
  fixed?(name: string): boolean;
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
  return kinds[options.network].plan(options, use);
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
  const own = { ...options, variant: await encoderVariant(options) };
  return await loadBackbone(makeBackbone(device, own, random, use), own);
}

/**
 * Reads an encoder's weights where the options name a file, and freezes the layers that training
 * leaves alone; on failure its memory is given back.
 *
 * @throws {InputError} when the file is missing, damaged or of another network.
 */
export async function loadBackbone(
  backbone: Backbone,
  options: Pick<BackboneOptions, "network" | "weights" | "variant">,
): Promise<Backbone> {
  try {
    const { tensors, fixed } = backbone;
    await loadEncoder(tensors, options);
    for (const [name, tensor] of tensors) if (fixed?.(name)) tensor.trained = false;
    return backbone;
  } catch (error) {
    backbone[Symbol.dispose]();
    throw error;
  }
}

/**
 * An encoder with random weights, which trains all of its layers unless it is frozen.
 *
 * @throws {DeviceError} when its precision is f16 and the device has no memory of half precision.
 */
export function makeBackbone(
  device: Device,
  options: BackboneOptions,
  random: Random,
  use: BackboneUse,
): Backbone {
  const { network, variant = "tensorflow", precision = "f32" } = options;
  if (precision === "f16") device.requireHalves();
  const plan = backbonePlan(options, use);
  const made = kinds[network].make(device, options, random, use);
  return {
    ...plan,
    ...made,
    encode: (x, mode) => inPrecision(precision, () => made.encode(x, mode)),
    async key() {
      const values = await Promise.all([...made.tensors].map(([, tensor]) => read(tensor)));
      const bytes = new Uint8Array(await new Blob(values).arrayBuffer());
      const strides = plan.stages.map(({ channels, stride }) => `${channels}/${stride}`);
      const own = variant === "tensorflow" ? network : `${network} of ${variant}`;
      const name = precision === "f32" ? own : `${own} in ${precision}`;
      return `${name} ${strides.join(" ")} ${await checksum(bytes)}`;
    },
    [Symbol.dispose]() {
      for (const [, tensor] of made.tensors) tensor.release();
    },
  };
}
