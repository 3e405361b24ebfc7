import { type Entry, entry, float32, type TensorFile } from "../entry.ts";
import type { Recognised } from "./recognise.ts";
import { NORM } from "./layout.ts";
import { variants } from "./variant.ts";

/**
 * The tensors of an encoder under our names: batch norms are folded where our network has none,
 * w' = w g / sqrt(v + e) and b' = b - m g / sqrt(v + e).
 *
 * @throws {TypeError} when a batch norm has not the channels of its convolution.
 */
export function encoderTensors(
  { tensors }: TensorFile,
  { layout, prefix, variant = "torchvision" }: Recognised,
): Map<string, Entry> {
  const at = (name: string) => tensors.get(prefix + name)!;
  const found = new Map([...layout.tensors].map(([ours, theirs]) => [ours, at(theirs)]));
  const { epsilon } = variants[variant];
  for (const [ours, [convolution, norm]] of layout.folded) {
    const weight = at(`${convolution}.weight`);
    const [scale, shift, mean, variance] = NORM.map((part) => float32(at(`${norm}.${part}`)));
    if ([scale, shift, mean, variance].some(({ length }) => length !== weight.shape[0])) {
      throw new TypeError(`${prefix}${norm} has other channels than ${prefix}${convolution}`);
    }
    const factors = Float64Array.from(scale, (g, c) => g / Math.sqrt(variance[c] + epsilon));
    const values = float32(weight);
    const each = values.length / weight.shape[0];
    const scaled = values.map((w, i) => w * factors[Math.floor(i / each)]);
    found.set(`${ours}.weight`, entry(weight.shape, scaled));
    const bias = Float32Array.from(shift, (b, c) => b - mean[c] * factors[c]);
    found.set(`${ours}.bias`, entry([bias.length], bias));
  }
  return found;
}

/**
 * The weights and biases of ImageNet's or other class scores `[classes, channels]`, where the file has them.
 * A checkpoint of ours may have a `centre` that is subtracted from the features: that is a bias too.
 */
export function classifierTensors(
  { tensors }: TensorFile,
  { layout, prefix }: Recognised,
): { readonly weight: Entry; readonly bias?: Entry } | undefined {
  // Hugging Face and IRN keep the encoder one level below.
  const outer = prefix.replace(/[^.]+\.$/, "");
  for (const before of [prefix, outer]) {
    for (const name of ["fc8", layout.classifier, "classifier"]) {
      const mxnet = name.startsWith("arg:");
      const weight = tensors.get(`${before}${name}${mxnet ? "_" : "."}weight`);
      const bias = tensors.get(`${before}${name}${mxnet ? "_" : "."}bias`);
      if (weight === undefined) continue;
      const centre = name === "fc8" ? tensors.get(`${before}centre`) : undefined;
      return { weight, bias: bias ?? (centre && biasOf(weight, centre)) };
    }
  }
}

/** What subtracting a centre from the features adds to the scores: undefined where it is of others. */
function biasOf(weight: Entry, centre: Entry): Entry | undefined {
  const [classes] = weight.shape;
  const channels = centre.data.length;
  if (weight.data.length !== classes * channels) return undefined;
  const [values, mean] = [float32(weight), float32(centre)];
  const bias = Float32Array.from(
    { length: classes },
    (_, c) => -mean.reduce((sum, value, i) => sum + value * values[c * channels + i], 0),
  );
  return entry([classes], bias);
}
