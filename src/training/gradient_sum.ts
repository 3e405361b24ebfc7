import type { Device } from "../gpu/mod.ts";
import type { Ranks } from "../mpi/ranks.ts";
import type { Tensor } from "../tensor/mod.ts";

/** Bytes of gradients that travel together: enough for a network, few enough to begin early. */
const BUCKET = 8 * 2 ** 20;

/** A bucket, and its sums once it is under way. */
interface Sent {
  readonly tensors: readonly Tensor[];
  sums?: Promise<Float32Array<ArrayBuffer>>;
}

/**
 * The sum over all ranks of the gradients of a step.
 *
 * Gradients travel in buckets, as the backward pass makes them: while the GPU computes those of earlier
 * layers, those of later ones are under way.
 */
export class GradientSum {
  readonly #added = new Set<Tensor>();
  readonly #sent: Sent[] = [];
  #bucket: Tensor[] = [];
  #bytes = 0;

  /** Of one step; `wantsStop` is asked when its last bucket leaves. */
  constructor(
    readonly device: Device,
    readonly ranks: Pick<Ranks, "sum">,
    readonly wantsStop: () => boolean,
    readonly bucket: number = BUCKET,
  ) {}

  /** Takes a gradient that is complete: nothing is added to it any more. */
  add(gradient: Tensor): void {
    if (this.#added.has(gradient)) return;
    this.#added.add(gradient);
    this.#bucket.push(gradient);
    this.#bytes += 4 * gradient.size;
    if (this.#bytes >= this.bucket) this.#send();
  }

  /**
   * Overwrites all gradients that were added, and the given scalars, with their sums over the ranks.
   *
   * @param stop called with whether any rank wants to stop
   */
  finish(scalars: readonly Tensor[], stop: (wanted: boolean) => void): void {
    for (const scalar of scalars) this.add(scalar);
    this.#send(true);
    const writers = this.#sent.map(({ tensors }) =>
      tensors.map((tensor) => ({
        size: tensor.size,
        give: this.device.exchange.give(tensor.storage),
      }))
    );
    this.device.exchange.inTurn(async () => {
      const all = await Promise.all(this.#sent.map(({ sums }) => sums!));
      writers.forEach((bucket, i) => {
        let at = 0;
        for (const { size, give } of bucket) give(all[i].subarray(at, at += size));
      });
      stop(all.at(-1)!.at(-1)! > 0);
    });
  }

  #send(last = false): void {
    const tensors = this.#bucket;
    const take = this.device.exchange.take(
      tensors.map(({ storage, size }) => ({ storage, bytes: 4 * size })),
    );
    const sent: Sent = { tensors };
    this.#sent.push(sent);
    this.device.exchange.inTurn(() => {
      sent.sums = this.ranks.sum(this.#values(take, last));
      sent.sums.catch(() => {}); // told where it is awaited
    });
    [this.#bucket, this.#bytes] = [[], 0];
  }

  /** The values of a bucket; behind those of the last one, whether this rank wants to stop. */
  async #values(
    take: () => Promise<ArrayBuffer>,
    last: boolean,
  ): Promise<Float32Array<ArrayBuffer>> {
    const values = new Float32Array(await take());
    if (!last) return values;
    const extended = new Float32Array(values.length + 1);
    extended.set(values);
    extended[values.length] = Number(this.wantsStop());
    return extended;
  }
}
