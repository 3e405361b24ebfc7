import type { Numbers, Peers } from "../gpu/mod.ts";
import { empty, type Tensor } from "../tensor/mod.ts";

/** What all processes gave, in their order, made one; the same on each of them, or its own share. */
type Merge = (all: readonly Float32Array[], peers: Peers) => Float32Array<ArrayBuffer>;

/**
 * Some values of this process merged with those of the other processes that compute parts of the same
 * batch, once all have them. No gradient flows.
 *
 * @param parts f32 tensors, of the same shapes on every process; given one behind the other
 * @param shape of the result
 * @throws {TypeError} when no other process takes part.
 */
export function overPeers(
  parts: readonly Tensor[],
  shape: readonly number[],
  merge: Merge,
): Tensor {
  const [{ device }] = parts;
  const { peers } = device;
  if (!peers) throw new TypeError("Cannot merge values over processes: there is only one");
  const take = device.exchange.take(
    parts.map(({ storage, size }) => ({ storage, bytes: 4 * size })),
  );
  const y = empty(device, shape);
  const give = device.exchange.give(y.storage);
  device.exchange.inTurn(async () => {
    const own: Numbers = new Float32Array(await take());
    give(merge(await peers.gather(own), peers));
  });
  return y;
}

/** The part of a batch's photographs that a process has, from 0 to 1. */
function shareOf({ shares, index }: Peers): number {
  return shares[index] / shares.reduce((a, b) => a + b);
}

/** The sums over all processes of each value, in double precision and in their order. */
export function sumOf(all: readonly ArrayLike<number>[]): Float64Array {
  const sums = new Float64Array(all[0].length);
  for (const values of all) for (let i = 0; i < sums.length; i++) sums[i] += values[i];
  return sums;
}

/**
 * Sums over a batch by which the losses of its photographs are divided, such as the number of pixels
 * that count. Each process gets its share of them: what it divides by that, weighted by its share of the
 * photographs, adds up over the processes to what one process computes of the whole batch.
 *
 * @param sums `[k]`; of one process alone they are returned as they are
 * @param own how many of them, from the first, are this process's alone and stay so
 */
export function sharedSums(sums: Tensor, own = 0): Tensor {
  if (!sums.device.peers) return sums;
  const shared = overPeers([sums], sums.shape, (all, peers) => {
    const share = shareOf(peers);
    return Float32Array.from(
      sumOf(all),
      (sum, i) => i < own ? all[peers.index][i] : share * sum,
    );
  });
  sums.release();
  return shared;
}
