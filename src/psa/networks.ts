import { InputError } from "../data/error.ts";
import type { Normalisation } from "../data/normalise.ts";
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
  /** Images whose sides are multiples of this have maps whose sides fit each other. */
  readonly multiple: number;
  /** The maps of normalised images `[n, 3, h, w]` that the affinity network reads. */
  encode(x: Tensor, mode: Mode): Tensor[];
  /** What a checkpoint must hold: the affinity network, and the encoder unless it is frozen. */
  readonly state: readonly (readonly [path: string, tensor: Tensor])[];
}

/**
 * Networks with fresh weights, the encoder's from the file that the options name.
 *
 * @throws {InputError} when the weights cannot be read or the grid is coarser than every map.
 */
export async function buildAffinityNetworks(
  device: Device,
  options: NetworkOptions,
  seed: number | string,
): Promise<AffinityNetworks> {
  const random = new Random(seed);
  const backbone = await buildBackbone(device, options, random.fork("backbone"));
  const { stages } = backbone;
  const coarsest = Math.max(...stages.map(({ stride }) => stride));
  if (coarsest < options.stride) {
    throw new InputError(
      `Cannot use --stride ${options.stride}: the maps of this ${options.network} have strides ` +
        `${stages.map(({ stride }) => stride).join(", ")}. Give ${coarsest} or less.`,
    );
  }
  const net = new AffinityNet(device, stages, options.stride, random.fork("affinity"));
  return {
    backbone,
    net,
    normalisation: backbone.normalisation,
    multiple: commonMultiple(options.stride, coarsest),
    encode: (x, mode) => {
      const maps = backbone.encode(x, mode);
      return net.used.map((i) => maps[i]);
    },
    state: [
      ...[...net.named()].map(([name, tensor]) => [`affinity.${name}`, tensor] as const),
      ...(backbone.frozen
        ? []
        : [...backbone.tensors].map(([name, tensor]) => [`encoder.${name}`, tensor] as const)),
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
