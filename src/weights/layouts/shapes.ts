import type { Entry } from "../entry.ts";
import type { EncoderName } from "./variant.ts";

/** Channels out, expansion and repeats of each stage of MobileNetV2. */
const MOBILE = [[16, 1, 1], [24, 6, 2], [32, 6, 3], [64, 6, 4], [96, 6, 3], [160, 6, 3], [
  320,
  6,
  1,
]];
/** Channels in and inside of each of its blocks. */
const MOBILE_BLOCKS = MOBILE.flatMap(([outputs, expansion, repeats], stage) =>
  Array.from({ length: repeats }, (_, i) => {
    const inputs = i > 0 ? outputs : stage > 0 ? MOBILE[stage - 1][0] : 32;
    return { inputs, outputs, inner: expansion * inputs };
  })
);

/** The shape of a convolution of an encoder, by our name of it; undefined of what is none. */
export function convolutionShape(network: EncoderName, name: string): number[] | undefined {
  if (network === "mobilenet-v2") return mobileShape(name);
  return network === "resnet38" ? undefined : resNetShape(network, name);
}

function mobileShape(name: string): number[] | undefined {
  if (name === "conv1.weight") return [32, 3, 3, 3];
  if (name === "conv_last.weight") return [1280, 320, 1, 1];
  const [, block, layer] = /^block(\d+)\.(\w+)\.weight$/.exec(name) ?? [];
  if (block === undefined) return undefined;
  const { inputs, outputs, inner } = MOBILE_BLOCKS[Number(block)];
  if (layer === "expand") return [inner, inputs, 1, 1];
  return layer === "project" ? [outputs, inner, 1, 1] : [inner, 1, 3, 3];
}

function resNetShape(network: EncoderName, name: string): number[] | undefined {
  if (name === "conv1.weight") return [64, 3, 7, 7];
  const parts = /^layer(\d)\.(\d+)\.(conv\d|downsample\.0)\.weight$/.exec(name);
  if (!parts) return undefined;
  const [stage, block, layer] = [Number(parts[1]), Number(parts[2]), parts[3]];
  const width = 64 * 2 ** (stage - 1);
  const expansion = network === "resnet18" || network === "resnet34" ? 1 : 4;
  const inputs = block > 0 ? expansion * width : stage > 1 ? expansion * width / 2 : 64;
  if (layer === "downsample.0") return [expansion * width, inputs, 1, 1];
  if (expansion === 1) return [width, layer === "conv1" ? inputs : width, 3, 3];
  if (layer === "conv1") return [width, inputs, 1, 1];
  return layer === "conv2" ? [width, width, 3, 3] : [4 * width, width, 1, 1];
}

/** Why an encoder's tensors are of no use, in words, if they are not: other widths, no numbers. */
export function faultOf(
  network: EncoderName,
  tensors: ReadonlyMap<string, Entry>,
): string | undefined {
  for (const [name, { shape, data }] of tensors) {
    const wanted = convolutionShape(network, name);
    if (wanted && `${wanted}` !== `${shape}`) {
      return `its ${name} is [${shape}], and a ${network} has [${wanted}]`;
    }
    if (name.endsWith("running_var") && data.some((value: number | bigint) => value < 0)) {
      return `its ${name} has variances below 0`;
    }
    for (const value of data) {
      if (!Number.isFinite(Number(value))) return `its ${name} has values that are not finite`;
    }
  }
}
