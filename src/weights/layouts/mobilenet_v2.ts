import { filled, type Layout } from "./layout.ts";
import type { Variant } from "./variant.ts";

type Pair = readonly [convolution: string, norm: string];

/** What a program calls the convolutions and their batch norms; {n} is a block, {stage}.{i} too. */
interface Names {
  readonly name: string;
  readonly variant: Variant;
  readonly conv1: Pair;
  /** The layers of the first block, which expands nothing. */
  readonly first: { readonly depthwise: Pair; readonly project: Pair };
  readonly block: { readonly expand: Pair; readonly depthwise: Pair; readonly project: Pair };
  readonly conv_last: Pair;
  readonly classifier: string;
}

const huggingFace = (at: string): Pair => [`${at}.convolution`, `${at}.normalization`];

const published: readonly Names[] = [
  {
    name: "torchvision",
    variant: "torchvision",
    conv1: ["features.0.0", "features.0.1"],
    first: {
      depthwise: ["features.1.conv.0.0", "features.1.conv.0.1"],
      project: ["features.1.conv.1", "features.1.conv.2"],
    },
    block: {
      expand: ["features.{n+1}.conv.0.0", "features.{n+1}.conv.0.1"],
      depthwise: ["features.{n+1}.conv.1.0", "features.{n+1}.conv.1.1"],
      project: ["features.{n+1}.conv.2", "features.{n+1}.conv.3"],
    },
    conv_last: ["features.18.0", "features.18.1"],
    classifier: "classifier.1",
  },
  {
    name: "timm",
    variant: "torchvision",
    conv1: ["conv_stem", "bn1"],
    first: {
      depthwise: ["blocks.0.0.conv_dw", "blocks.0.0.bn1"],
      project: ["blocks.0.0.conv_pw", "blocks.0.0.bn2"],
    },
    block: {
      expand: ["blocks.{stage}.{i}.conv_pw", "blocks.{stage}.{i}.bn1"],
      depthwise: ["blocks.{stage}.{i}.conv_dw", "blocks.{stage}.{i}.bn2"],
      project: ["blocks.{stage}.{i}.conv_pwl", "blocks.{stage}.{i}.bn3"],
    },
    conv_last: ["conv_head", "bn2"],
    classifier: "classifier",
  },
  {
    name: "Hugging Face",
    variant: "tensorflow",
    conv1: huggingFace("conv_stem.first_conv"),
    first: {
      depthwise: huggingFace("conv_stem.conv_3x3"),
      project: huggingFace("conv_stem.reduce_1x1"),
    },
    block: {
      expand: huggingFace("layer.{n-1}.expand_1x1"),
      depthwise: huggingFace("layer.{n-1}.conv_3x3"),
      project: huggingFace("layer.{n-1}.reduce_1x1"),
    },
    conv_last: huggingFace("conv_1x1"),
    classifier: "classifier",
  },
];

/** Blocks of each stage (Sandler et al. 2018, table 2). */
const REPEATS = [1, 2, 3, 4, 3, 3, 1];

function layoutOf({ name, variant, conv1, first, block, conv_last, classifier }: Names): Layout {
  const folded = new Map<string, Pair>([["conv1", conv1]]);
  const stages = REPEATS.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => [stage, i])
  );
  for (const [n, [stage, i]] of stages.entries()) {
    const places = { n, "n-1": n - 1, "n+1": n + 1, stage, i };
    for (const [layer, [convolution, norm]] of Object.entries(n === 0 ? first : block)) {
      folded.set(`block${n}.${layer}`, [filled(convolution, places), filled(norm, places)]);
    }
  }
  folded.set("conv_last", conv_last);
  return { name, network: "mobilenet-v2", variant, tensors: new Map(), folded, classifier };
}

const foreign = published.map(layoutOf);

/** Our own form: batch norms are folded, and a note in the file says which variant it is. */
const own: Layout = {
  name: "henka",
  network: "mobilenet-v2",
  tensors: new Map(
    [...foreign[0].folded.keys()].flatMap((layer) =>
      ["weight", "bias"].map((part) => [`${layer}.${part}`, `${layer}.${part}`])
    ),
  ),
  folded: new Map(),
  classifier: "classifier",
};

/** Every form in which MobileNetV2 of full width is published. */
export const mobileNetLayouts: readonly Layout[] = [own, ...foreign];
