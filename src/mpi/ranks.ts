import { Channel, type Floats } from "./channel.ts";
import type { MpiLibrary } from "./library.ts";

/** The processes that train together, seen by one of them. */
export class Ranks {
  /** Where the statistics of batches travel, and what ranks tell each other. */
  readonly #talk: Channel;
  /** Where gradients travel, meanwhile. */
  readonly #gradients: Channel;
  /** Whether all have agreed to stop. */
  stopping = false;

  /** Of a library that is initialised. */
  constructor(
    readonly library: MpiLibrary,
    /** Which of the processes this one is, from 0. */
    readonly rank: number,
    /** How many there are. */
    readonly size: number,
  ) {
    this.#talk = new Channel(library, library.world, size);
    const copy = new BigUint64Array(1);
    library.calls.MPI_Comm_dup(library.world, copy);
    this.#gradients = new Channel(library, library.handle(copy), size);
  }

  /** What every rank gives, in the order of ranks; all give as many values. */
  gather(own: Floats): Promise<Floats[]> {
    return this.#talk.gather(own);
  }

  /** Overwrites values with those of rank 0. */
  broadcast(values: Floats): Promise<void> {
    return this.#talk.broadcast(values);
  }

  /** The sums of what all ranks give, in one order and so the same bits on each. */
  sum(own: Promise<Floats>): Promise<Floats> {
    return this.#gradients.sum(own);
  }

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

  /** What rank 0 does, done before the others do it: they find what it has written. */
  async firstOne<T>(work: () => Promise<T>): Promise<T> {
    if (this.rank > 0) await this.meet();
    const result = await work();
    if (this.rank === 0) await this.meet();
    return result;
  }

  /** The name of the machine. */
  host(): string {
    return readText((text, length) => this.library.calls.MPI_Get_processor_name(text, length));
  }

  /** Ends all ranks at once; never returns. */
  abort(status: number): void {
    this.library.calls.MPI_Abort(this.library.world, status);
  }

  /** Ends what MPI does, once all ranks are at their end. */
  async finish(): Promise<void> {
    await this.meet();
    this.library.calls.MPI_Finalize();
  }
}

/** A text that MPI writes, with its length. */
export function readText(
  write: (text: Uint8Array<ArrayBuffer>, length: Int32Array<ArrayBuffer>) => void,
): string {
  const [text, length] = [new Uint8Array(8192), new Int32Array(1)];
  write(text, length);
  return new TextDecoder().decode(text.subarray(0, length[0])).replace(/\0.*$/s, "").trim();
}
