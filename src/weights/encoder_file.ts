import { InputError } from "../files/error.ts";
import { nameOf, type Source } from "../files/source.ts";
import type { Entry, TensorFile } from "./entry.ts";
import { classifierTensors, encoderTensors } from "./layouts/encoder_tensors.ts";
import { type Heads, headsOf } from "./layouts/heads.ts";
import { recognise, type Recognised } from "./layouts/recognise.ts";
import type { EncoderName, Variant } from "./layouts/variant.ts";
import { readWeights } from "./read_weights.ts";
import { weightsFile } from "./weights_cache.ts";

/** The weights of an encoder, out of a file of any known layout. */
export interface EncoderFile extends Recognised {
  /** Where it lies, or its name. */
  readonly path: string;
  /** The encoder's tensors under our names. */
  readonly tensors: ReadonlyMap<string, Entry>;
  /** ImageNet's or other class scores, where it has them. */
  readonly classifier?: { readonly weight: Entry; readonly bias?: Entry };
  /** What else it holds. */
  readonly heads: Heads;
  /** What is not read: the class of a Python object, by its name. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/**
 * Reads an encoder's weights: safetensors, .pth or .params, with the names of any known layout.
 *
 * @param weights a file, or the name of one that was fetched
 * @param network which encoder it must be of; any by default
 * @param variant which variant it must be of, and is where nothing in it says so; any by default
 * @param prefix what stands before its names, where the file has several encoders
 * @throws {InputError} when it is missing, damaged, of no known layout, or of another network or variant.
 */
export async function readEncoder(
  weights: Source,
  network?: EncoderName,
  variant?: Variant,
  prefix?: string,
): Promise<EncoderFile> {
  const source = typeof weights === "string" ? await weightsFile(weights) : weights;
  const path = nameOf(source);
  const [file, read] = await recognised(source, prefix).catch((error) => {
    // A name stands for a file that was whole when it was fetched.
    if (!(error instanceof InputError) || path === weights) throw error;
    throw new InputError(`${error.message} "weights fetch ${weights}" gets it anew.`, {
      cause: error,
    });
  });
  const found = read.unsaid ? { ...read, variant: variant ?? read.variant } : read;
  const { layout } = found;
  if (network !== undefined && layout.network !== network) {
    throw new InputError(
      `Cannot use ${path} for ${network}: it has the weights of ${layout.network} with the names of ` +
        `${layout.name}. Give --network ${layout.network}, or other weights.`,
    );
  }
  if (variant !== undefined && found.variant !== undefined && found.variant !== variant) {
    throw new InputError(
      `Cannot use ${path} as a network of ${variant}: it is of ${found.variant}, which pads and ` +
        "normalises otherwise. Leave --variant out.",
    );
  }
  const [whole] = [...file.tensors].filter(([name, { dtype }]) =>
    name.startsWith(found.prefix) && name.endsWith("weight") && !dtype.includes("F")
  );
  if (whole !== undefined) {
    throw new InputError(
      `Cannot use ${path}: its ${whole[0]} holds whole numbers (${
        whole[1].dtype
      }), without the scale of ` +
        "the quantisation. Give the weights from before it.",
    );
  }
  try {
    const tensors = encoderTensors(file, found);
    const classifier = classifierTensors(file, found);
    const { leftOut = {} } = file;
    return { ...found, path, tensors, classifier, heads: headsOf(file), leftOut };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new InputError(`Cannot use ${path}: ${cause.message}. Give a whole file.`, { cause });
  }
}

async function recognised(
  source: Source,
  prefix?: string,
): Promise<[TensorFile, Recognised]> {
  const file = await readWeights(source);
  return [file, recognise(nameOf(source), file, prefix)];
}

/** What a network must be, so that the tensors of a file fit it and mean what they did. */
export interface EncoderShape {
  /** Which encoder. */
  readonly network: EncoderName;
  /** Whose MobileNetV2. */
  readonly variant?: Variant;
  /** What divides the widths of ResNet-38. */
  readonly widthDivisor: 1 | 2 | 4 | 8 | 16 | 32;
  /** Whether strides that are left out become dilations. */
  readonly dilate: boolean;
  /** Image side over map side, where the file notes it. */
  readonly outputStride?: 8 | 16 | 32;
}

/**
 * The options that a file answers by itself.
 *
 * @throws {InputError} when it is of a ResNet-38 of no width that we have.
 */
export function encoderShape(
  { path, layout, variant, undilated, outputStride, tensors }: EncoderFile,
): EncoderShape {
  const { network } = layout;
  const dilate = !undilated;
  const stride = outputStride && { outputStride };
  if (network !== "resnet38") return { network, variant, widthDivisor: 1, dilate, ...stride };
  const [width] = tensors.get("conv1a.weight")!.shape;
  const widthDivisor = ([1, 2, 4, 8, 16, 32] as const).find((divisor) => divisor * width === 64);
  if (widthDivisor !== undefined) return { network, widthDivisor, dilate };
  throw new InputError(
    `Cannot use ${path}: its first layer has ${width} channels, and ResNet-38 has 64, or 32, 16, 8, 4 ` +
      "or 2 of them. Give a file of such a network.",
  );
}

/**
 * Whose MobileNetV2 the options mean: that of the file of weights where they do not say it; undefined for
 * other networks.
 *
 * @throws {InputError} when the file is missing, damaged or of another network.
 */
export async function encoderVariant(
  { network, weights, variant }: {
    readonly network: string;
    readonly weights?: Source;
    readonly variant?: Variant;
  },
): Promise<Variant | undefined> {
  if (network !== "mobilenet-v2") return undefined;
  if (variant !== undefined || weights === undefined) return variant ?? "tensorflow";
  return (await readEncoder(weights, network)).variant;
}

/** Whether a network is one of torchvision's ResNets; ResNet-38 is another. */
export function isResNet(network: string): boolean {
  return /^resnet(18|34|50|101)$/.test(network);
}

/** What a file of weights notes beside the tensors, for {@linkcode readEncoder} to mean the same by them. */
export function encoderNotes(
  { variant, dilate, outputStride }: Partial<Omit<EncoderShape, "network" | "widthDivisor">>,
): Readonly<Record<string, string>> {
  return {
    ...(variant && { variant }),
    ...(dilate === false && { dilate: "false" }),
    ...(outputStride && { outputStride: `${outputStride}` }),
  };
}

/** Whether weights of a network may be of any known layout; else they have our names alone. */
export function isPublished(network: string): network is EncoderName {
  return network !== "encoder-decoder";
}
