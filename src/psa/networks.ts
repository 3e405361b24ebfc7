import { InputError } from "../files/error.ts";
import type { Normalisation } from "../data/images/normalise.ts";
import { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { AffinityNet } from "../models/affinity_net.ts";
import { type Backbone, buildBackbone } from "../models/backbone.ts";
import { type Mode, releaseState } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { NetworkOptions } from "./options.ts";

/** An encoder and the affinity network on its maps; disposing of them gives their memory back. */
export interface AffinityNetworks extends Disposable {
  /** The encoder. */
  readonly backbone: Backbone;
  /** The network on its maps. */
  readonly net: AffinityNet;
  /** How images are normalised. */
  readonly normalisation: Normalisation;
  /** Side of a place of the grid, in pixels of what the encoder sees. */
  readonly stride: number;
  /** Images whose sides are multiples of this have maps whose sides fit each other. */
  readonly multiple: number;
  /** The long side of photographs as the encoder sees them; their own when absent. */
  readonly longSide?: number;
  /** The maps of normalised images `[n, 3, h, w]` that the affinity network reads. */
  encode(x: Tensor, mode: Mode): Tensor[];
  /** What a checkpoint must hold: both, a frozen encoder too, so that a run needs no other file. */
  readonly state: readonly (readonly [path: string, tensor: Tensor])[];
}

/**
 * Networks with fresh weights, the encoder's from the file that the options name. A frozen encoder
 * sees photographs whose long side is their `imageSize`, one that is trained sees them as they are.
 *
 * @throws {InputError} when the weights cannot be read or the grid is coarser than every map.
 */
export async function buildAffinityNetworks(
  device: Device,
  options: NetworkOptions,
): Promise<AffinityNetworks> {
  const random = new Random(options.seed);
  const backbone = await buildBackbone(device, options, random.fork("backbone"));
  const { stages } = backbone;
  const coarsest = Math.max(...stages.map(({ stride }) => stride));
  if (coarsest < options.stride) {
    throw new InputError(
      `Cannot use --stride ${options.stride}: the maps of this ${options.network} have strides ` +
        `${stages.map(({ stride }) => stride).join(", ")}. Give ${coarsest} or less.`,
    );
  }
  const net = new AffinityNet(device, stages, options, random.fork("affinity"));
  const { frozen, normalisation } = backbone;
  return {
    backbone,
    net,
    normalisation,
    stride: options.stride,
    multiple: commonMultiple(options.stride, coarsest),
    longSide: frozen ? options.imageSize : undefined,
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

function commonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}
