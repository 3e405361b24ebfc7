import { filled, type Layout, NORM } from "./layout.ts";
import type { EncoderName } from "./variant.ts";

/** Blocks of each stage, and the convolutions of a block (He et al. 2016, table 1). */
const DEPTHS = {
  resnet18: [[2, 2, 2, 2], 2],
  resnet34: [[3, 4, 6, 3], 2],
  resnet50: [[3, 4, 6, 3], 3],
  resnet101: [[3, 4, 23, 3], 3],
} as const;

/** What a program calls the layers; {s} counts stages and {k} convolutions from 1, {b} blocks from 0. */
interface Names {
  readonly name: string;
  readonly stem: readonly [convolution: string, norm: string];
  readonly block: readonly [convolution: string, norm: string];
  readonly shortcut: readonly [convolution: string, norm: string];
  readonly classifier: string;
}

/** Our names are torchvision's, which timm has taken over. */
const torchvision: Names = {
  name: "torchvision",
  stem: ["conv1", "bn1"],
  block: ["layer{s}.{b}.conv{k}", "layer{s}.{b}.bn{k}"],
  shortcut: ["layer{s}.{b}.downsample.0", "layer{s}.{b}.downsample.1"],
  classifier: "fc",
};

const huggingFace: Names = {
  name: "Hugging Face",
  stem: ["embedder.embedder.convolution", "embedder.embedder.normalization"],
  block: [
    "encoder.stages.{s-1}.layers.{b}.layer.{k-1}.convolution",
    "encoder.stages.{s-1}.layers.{b}.layer.{k-1}.normalization",
  ],
  shortcut: [
    "encoder.stages.{s-1}.layers.{b}.shortcut.convolution",
    "encoder.stages.{s-1}.layers.{b}.shortcut.normalization",
  ],
  classifier: "classifier.1",
};

/** All layers of a depth, convolutions before their batch norms. */
function layersOf(
  { stem, block, shortcut }: Names,
  [blocks, convolutions]: readonly [readonly number[], number],
): string[] {
  const layers = [...stem];
  for (const [i, count] of blocks.entries()) {
    for (let b = 0; b < count; b++) {
      for (let k = 1; k <= convolutions; k++) {
        const places = { s: i + 1, "s-1": i, b, k, "k-1": k - 1 };
        layers.push(...block.map((name) => filled(name, places)));
      }
      // The first block of a stage changes the channels, but not those of two 3x3 layers at the start.
      if (b > 0 || (i === 0 && convolutions === 2)) continue;
      layers.push(...shortcut.map((name) => filled(name, { s: i + 1, "s-1": i, b })));
    }
  }
  return layers;
}

const tensorsOf = (layers: readonly string[]) =>
  layers.flatMap((layer, i) =>
    i % 2 === 0 ? [`${layer}.weight`] : NORM.map((part) => `${layer}.${part}`)
  );

/** Every form in which ResNets are published. */
export const resNetLayouts: readonly Layout[] = Object.entries(DEPTHS).flatMap(([network, depth]) =>
  [torchvision, huggingFace].map((names): Layout => {
    const ours = tensorsOf(layersOf(torchvision, depth));
    const theirs = tensorsOf(layersOf(names, depth));
    return {
      name: names.name,
      network: network as EncoderName,
      tensors: new Map(ours.map((name, i) => [name, theirs[i]])),
      folded: new Map(),
      classifier: names.classifier,
    };
  })
);
