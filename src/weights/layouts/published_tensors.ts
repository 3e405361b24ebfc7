import { type Entry, entry, float32 } from "../entry.ts";
import { mobileNetLayouts } from "./mobilenet_v2.ts";
import { type Variant, variants } from "./variant.ts";

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, Entry>;

/**
 * The tensors of a MobileNetV2 of ours under the names of the program whose variant it is: torchvision, or
 * Hugging Face for TensorFlow's. Batch norms were folded into the convolutions, so theirs do nothing but
 * add the bias.
 */
export function publishedMobileNet(tensors: Tensors, variant: Variant): Map<string, Entry> {
  const program = variant === "torchvision" ? "torchvision" : "Hugging Face";
  const { folded } = mobileNetLayouts.find(({ name }) => name === program)!;
  const before = variant === "torchvision" ? "" : "mobilenet_v2.";
  const { epsilon } = variants[variant];
  return new Map([...folded].flatMap(([ours, [convolution, norm]]) => {
    const bias = float32(tensors.get(`${ours}.bias`)!);
    const all = (value: number) => entry([bias.length], new Float32Array(bias.length).fill(value));
    return [
      [`${before}${convolution}.weight`, tensors.get(`${ours}.weight`)!],
      [`${before}${norm}.weight`, all(1)],
      [`${before}${norm}.bias`, entry([bias.length], bias)],
      [`${before}${norm}.running_mean`, all(0)],
      [`${before}${norm}.running_var`, all(1 - epsilon)],
      [`${before}${norm}.num_batches_tracked`, NEVER],
    ] as const;
  }));
}

/** The tensors of a ResNet of ours under torchvision's names, with the counters of its batch norms. */
export function publishedResNet(tensors: Tensors): Map<string, Entry> {
  return new Map([...tensors].flatMap(([name, value]) => {
    const counter = name.replace(/\.running_var$/, ".num_batches_tracked");
    return counter === name ? [[name, value]] : [[name, value], [counter, NEVER]];
  }));
}

/** How many batches a batch norm has averaged. */
const NEVER = entry([], new BigInt64Array(1));
