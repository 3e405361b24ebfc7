import type { Normalisation } from "../data/images/normalise.ts";
import { Random } from "../data/random.ts";
import { InputError } from "../files/error.ts";
import { isResNet } from "../weights/encoder_file.ts";
import type { Device } from "../gpu/mod.ts";
import { AffinityNet, type Backbone, backbonePlan, buildBackbone } from "../models/mod.ts";
import { type Mode, type NamedTensors, releaseState } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { GridRule } from "./grid.ts";
import type { NetworkOptions } from "./options.ts";

/** An encoder and the affinity network on its maps; disposing of them gives their memory back. */
export interface AffinityNetworks extends GridRule, Disposable {
  /** The encoder. */
  readonly backbone: Backbone;
  /** The network on its maps. */
  readonly net: AffinityNet;
  /** How images are normalised. */
  readonly normalisation: Normalisation;
  /** The maps of normalised images `[n, 3, h, w]` that the affinity network reads. */
  encode(x: Tensor, mode: Mode): Tensor[];
  /** What a checkpoint must hold: both, a frozen encoder too, so that a run needs no other file. */
  readonly state: NamedTensors;
}

/**
 * How photographs lie on the grid of the walk: a frozen encoder sees photographs whose long side is
 * its `imageSize`, one that is trained sees them as they are.
 *
 * @throws {InputError} when the grid is coarser than every map.
 */
export function affinityGrid(options: NetworkOptions): GridRule {
  const { stages, frozen } = backbonePlan(options, "seeds");
  checkStages(options, stages.length);
  const coarsest = Math.max(...stages.map(({ stride }) => stride));
  const { gridStride } = options;
  if (coarsest < gridStride) {
    throw new InputError(
      `Cannot use --grid-stride ${gridStride}: the maps of this ${options.network} have strides ` +
        `${stages.map(({ stride }) => stride).join(", ")}. Give ${coarsest} or less.`,
    );
  }
  return {
    stride: gridStride,
    multiple: commonMultiple(gridStride, coarsest),
    longSide: frozen ? options.imageSize : undefined,
  };
}

/**
 * Networks with fresh weights, the encoder's from the file that the options name.
 *
 * @throws {InputError} when the weights cannot be read or the grid is coarser than every map.
 */
export async function buildAffinityNetworks(
  device: Device,
  options: NetworkOptions,
): Promise<AffinityNetworks> {
  const grid = affinityGrid(options);
  const random = new Random(options.seed);
  const { stages } = options;
  const stem = stages?.includes(0);
  const encoder = { ...options, stem };
  const backbone = await buildBackbone(device, encoder, random.fork("backbone"), "seeds");
  // The stem comes before the first map where it is read at all.
  const used = stages?.map((stage) => stem ? stage : stage - 1).sort((a, b) => a - b);
  const net = new AffinityNet(
    device,
    backbone.stages,
    { ...options, ...grid, used },
    random.fork("affinity"),
  );
  return {
    ...grid,
    backbone,
    net,
    normalisation: backbone.normalisation,
    encode: (x, mode) => {
      const maps = backbone.encode(x, mode);
      return net.used.map((i) => maps[i]);
    },
    state: [
      ...[...net.named()].map(([name, tensor]) => [`affinity.${name}`, tensor] as const),
      ...[...backbone.tensors].map(([name, tensor]) => [`encoder.${name}`, tensor] as const),
    ],
    [Symbol.dispose]() {
      backbone[Symbol.dispose]();
      releaseState(net);
    },
  };
}

function checkStages({ network, stages = [] }: NetworkOptions, count: number): void {
  const least = isResNet(network) ? 0 : 1;
  const wrong = stages.find((stage, i) =>
    stage < least || stage > count || stages.indexOf(stage) < i
  );
  if (wrong === undefined) return;
  throw new InputError(
    `Cannot use --stages ${
      stages.join(",")
    }: the maps of ${network} are ${least} to ${count}, each at ` +
      "most once. Give some of them.",
  );
}

function commonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}
