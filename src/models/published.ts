import { loadState, type NamedTensors } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { DifferencePredictor } from "./difference.ts";
import { publishedNames, type ResNet38 } from "./resnet38.ts";

/** The networks of SSDD's two checkpoints; what is absent is not read. */
export interface PublishedNetworks {
  /** `encoder.` of the segmentation checkpoint; PSA's files have the same names without that word. */
  readonly encoder?: ResNet38;
  /** `seg_main.`: the head of a `ResNet38Segmenter`. */
  readonly main?: { readonly head: object };
  /** `seg.`: the same in the network that SSDD publishes for validation, which has no other head. */
  readonly seg?: { readonly head: object };
  /** `seg_sub.`: another of its branches. */
  readonly sub?: { readonly head: object };
  /** `dd_head0.` and `dd0.`: the only change predictor of static refinement, the first of dynamic. */
  readonly first?: DifferencePredictor;
  /** `dd_head1.` and `dd1.`: the second change predictor of dynamic refinement. */
  readonly second?: DifferencePredictor;
}

/**
 * Overwrites networks with the published weights of PSA (Ahn and Kwak 2018) or SSDD (Shimoda and
 * Yanai 2019), from a .pth or safetensors file with the names of its `state_dict`; `module.`, which
 * DataParallel adds, may stand before them. SSDD keeps encoder and heads in one file and the change
 * predictors in another: call it once for each.
 *
 * Predictors take them with `norm: "frozen"` and a width of 256, for 512 and 128 channels and 21
 * classes.
 *
 * @throws {InputError} when the file is missing or damaged, lacks a tensor or has one of another
 * shape; nothing is overwritten then.
 */
export async function loadPublished(path: string, networks: PublishedNetworks): Promise<void> {
  await loadState(path, publishedTensors(networks));
}

/** Every tensor of the networks under the name that it has in SSDD's checkpoints. */
export function* publishedTensors(
  networks: PublishedNetworks,
): Generator<[name: string, tensor: Tensor]> {
  const { encoder, main, seg, sub, first, second } = networks;
  if (encoder) yield* publishedNames(encoder);
  if (main) yield* prefixed("seg_main.", publishedNames(main.head));
  if (seg) yield* prefixed("seg.", publishedNames(seg.head));
  if (sub) yield* prefixed("seg_sub.", publishedNames(sub.head));
  if (first) yield* predictorNames(first, 0);
  if (second) yield* predictorNames(second, 1);
}

/** The published names of a change predictor's layers and their batch norms. */
const LAYERS: Readonly<Record<string, readonly [module: string, conv: string, norm: string]>> = {
  features: ["dd_head", "conv1ab.conv1", "conv1ab.bn1"],
  mask: ["dd", "conv1c.conv1", "conv1c.bn1"],
  reduce: ["dd", "conv1abc.conv1", "conv1abc.bn1"],
  middle: ["dd", "conv1abc.conv2", "conv1abc.bn2"],
  expand: ["dd", "conv1abc.conv3", "conv1abc.bn3"],
  shortcut: ["dd", "conv1abc.downsample", "conv1abc.bnd"],
};

function* predictorNames(predictor: DifferencePredictor, i: 0 | 1): Generator<[string, Tensor]> {
  for (const [path, tensor] of publishedNames(predictor)) {
    const [layer, part, value] = path.split(".");
    if (layer === "predict") yield [`dd${i}.pred_abc.${part}`, tensor];
    else {
      const [module, conv, norm] = LAYERS[layer];
      yield [`${module}${i}.${part === "norm" ? norm : conv}.${value}`, tensor];
    }
  }
}

function* prefixed(prefix: string, tensors: NamedTensors): Generator<[string, Tensor]> {
  for (const [name, tensor] of tensors) yield [prefix + name, tensor];
}
