import { type BackboneOptions, publishedPath } from "../models/mod.ts";
import type { NamedTensors } from "../nn/mod.ts";
import { read } from "../tensor/mod.ts";
import { isResNet } from "../weights/encoder_file.ts";
import { type Entry, entry, float32 } from "../weights/entry.ts";
import {
  publishedMobileNet,
  publishedResNet,
  type Tensors,
} from "../weights/layouts/published_tensors.ts";
import type { TrainedNetwork } from "./trained_network.ts";

/** Tensors under the names of another program. */
export interface PublishedForm {
  /** The tensors by those names. */
  readonly tensors: ReadonlyMap<string, Entry>;
  /** Whose names they are, in words. */
  readonly names: string;
}

/**
 * A trained network as other programs save it. A classifier is all of such a network. A segmenter's
 * encoder is: it stands under `backbone.`, as in torchvision's segmentation networks, and its head,
 * which others have not, under `head.`; on ResNet-38 both have SSDD's names.
 */
export async function publishedForm(network: TrainedNetwork): Promise<PublishedForm> {
  const { kind, backbone, options: { network: name, variant = "tensorflow" } } = network;
  const encoder = await entriesOf(backbone.tensors);
  const head = await entriesOf(network.head);
  if (name === "encoder-decoder") {
    const tensors = new Map([...prefixed("encoder.", encoder), ...head]);
    return { tensors, names: "names of henka's own, as no other program has this network" };
  }
  if (name === "resnet38") return resNet38Form(kind, encoder, network.head);
  const mobile = name === "mobilenet-v2";
  const published = mobile ? publishedMobileNet(encoder, variant) : publishedResNet(encoder);
  const program = mobile && variant === "tensorflow" ? "Hugging Face" : "torchvision";
  if (kind === "segmenter") {
    return {
      tensors: new Map([...prefixed("backbone.", published), ...head]),
      names: `the encoder with ${program}'s names under "backbone.", henka's head under "head."`,
    };
  }
  const layer = mobile ? program === "torchvision" ? "classifier.1" : "classifier" : "fc";
  return {
    tensors: new Map([...published, ...linear(layer, head)]),
    names: `${program}'s names of ${name} with ${head.get("fc8.weight")!.shape[0]} classes`,
  };
}

/**
 * What is to be known of an encoder whose strides are not those of the networks of other programs, which
 * load its tensors and would compute something else; undefined where nothing is.
 */
export function strideNote(
  { network, outputStride = 32, dilate = true }: BackboneOptions,
): string | undefined {
  const strided = network === "mobilenet-v2" || isResNet(network);
  if (!strided || outputStride === 32) return undefined;
  const bottleneck = ["resnet50", "resnet101"].includes(network);
  const dilations = outputStride === 8 ? "[False, True, True]" : "[False, False, True]";
  const remedy = bottleneck && dilate
    ? `torchvision's ${network} needs replace_stride_with_dilation=${dilations}`
    : "take the ONNX file, or train with --output-stride 32";
  return `Its output stride is ${outputStride}, where other programs have 32: for the same results ${remedy}`;
}

async function resNet38Form(
  kind: TrainedNetwork["kind"],
  encoder: Tensors,
  head: NamedTensors,
): Promise<PublishedForm> {
  if (kind === "classifier") {
    return { tensors: new Map([...encoder, ...await entriesOf(head)]), names: "PSA's names" };
  }
  const main = [...await entriesOf(head)].map(([path, value]) =>
    ["seg_main." + publishedPath(path.replace(/^head\./, "")), value] as const
  );
  const tensors = new Map([...prefixed("encoder.", encoder), ...main]);
  return { tensors, names: "SSDD's names of encoder and main branch" };
}

/** The linear layer with a bias that does what subtracting the mean features first did. */
function linear(name: string, head: Tensors): [string, Entry][] {
  const [weight, centre] = ["fc8.weight", "centre"].map((path) => head.get(path));
  const [classes, channels] = weight!.shape;
  const values = float32(weight!);
  const mean = centre ? float32(centre) : new Float32Array(channels);
  const bias = Float32Array.from(
    { length: classes },
    (_, c) => -mean.reduce((sum, value, i) => sum + value * values[c * channels + i], 0),
  );
  return [
    [`${name}.weight`, entry([classes, channels], values)],
    [`${name}.bias`, entry([classes], bias)],
  ];
}

async function entriesOf(tensors: NamedTensors): Promise<Map<string, Entry>> {
  const all = [...tensors].map(async ([name, x]) => [name, entry(x.shape, await read(x))] as const);
  return new Map(await Promise.all(all));
}

function prefixed(prefix: string, tensors: Tensors): [string, Entry][] {
  return [...tensors].map(([name, value]) => [prefix + name, value]);
}
