import type { Floats } from "./channel.ts";

/** The processes that train together, seen by one of them. All must ask for the same, in one order. */
export abstract class Ranks {
  /** Whether all have agreed to stop. */
  stopping = false;

  /** One of `size` processes. */
  constructor(
    /** Which of the processes this one is, from 0. */
    readonly rank: number,
    /** How many there are. */
    readonly size: number,
  ) {}

  /** What every rank gives, in the order of ranks; all give as many values. */
  abstract gather(own: Floats): Promise<Floats[]>;

  /** Overwrites values with those of rank 0. */
  abstract broadcast(values: Floats): Promise<void>;

  /** The sums of what all ranks give, added up in one order and so the same bits on each. */
  abstract sum(own: Promise<Floats>): Promise<Floats>;

  /** The name of the machine. */
  abstract host(): string;

  /** Ends all ranks at once. */
  abstract abort(status: number): void;

  /** Ends what the ranks do together, once all are at their end. */
  abstract finish(): Promise<void>;

  /** The texts of all ranks, in the order of ranks. */
  async gatherTexts(own: string): Promise<string[]> {
    const bytes = new TextEncoder().encode(own);
    const lengths = (await this.gather(Float32Array.of(bytes.length))).map(([length]) => length);
    const padded = new Uint8Array(4 * Math.ceil(Math.max(...lengths, 4) / 4));
    padded.set(bytes);
    const all = await this.gather(new Float32Array(padded.buffer));
    return all.map(({ buffer, byteOffset }, rank) =>
      new TextDecoder().decode(new Uint8Array(buffer, byteOffset, lengths[rank]))
    );
  }

  /** Waits until all ranks are here. */
  async meet(): Promise<void> {
    await this.gather(new Float32Array(1));
  }

  /** Work that writes what others find: rank 0 does it before the others do. */
  async firstOne<T>(work: () => Promise<T>): Promise<T> {
    if (this.rank > 0) await this.meet();
    const result = await work();
    if (this.rank === 0) await this.meet();
    return result;
  }
}
