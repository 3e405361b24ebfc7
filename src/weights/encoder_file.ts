import { InputError } from "../files/error.ts";
import { nameOf, type Source } from "../files/source.ts";
import type { Entry } from "./entry.ts";
import { classifierTensors, encoderTensors } from "./layouts/encoder_tensors.ts";
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
}

/**
 * Reads an encoder's weights: safetensors, .pth or .params, with the names of any known layout.
 *
 * @param weights a file, or the name of one that was fetched
 * @param network which encoder it must be of; any by default
 * @param variant which variant it must be of; any by default
 * @throws {InputError} when it is missing, damaged, of no known layout, or of another network or variant.
 */
export async function readEncoder(
  weights: Source,
  network?: EncoderName,
  variant?: Variant,
): Promise<EncoderFile> {
  const source = typeof weights === "string" ? await weightsFile(weights) : weights;
  const path = nameOf(source);
  const file = await readWeights(source);
  const found = recognise(path, file);
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
  try {
    const tensors = encoderTensors(file, found);
    return { ...found, path, tensors, classifier: classifierTensors(file, found) };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new InputError(`Cannot use ${path}: ${cause.message}. Give a whole file.`, { cause });
  }
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

/** Whether weights of a network may be of any known layout; else they have our names alone. */
export function isPublished(network: string): network is EncoderName {
  return network !== "encoder-decoder";
}
