import { Channel, type Floats } from "./channel.ts";
import type { MpiLibrary } from "./library.ts";
import { Ranks } from "./ranks.ts";

/** Ranks that reach each other by MPI. */
export class MpiRanks extends Ranks {
  /** Where the statistics of batches travel, and what ranks tell each other. */
  readonly #talk: Channel;
  /** Where gradients travel, meanwhile. */
  readonly #gradients: Channel;

  /** Of a library that is initialised. */
  constructor(readonly library: MpiLibrary, rank: number, size: number) {
    super(rank, size);
    const { calls, world } = library;
    this.#talk = new Channel(library, world, size);
    const copy = new BigUint64Array(1);
    calls.MPI_Comm_dup(world, copy);
    this.#gradients = new Channel(library, library.handle(copy), size);
  }

  override gather(own: Floats): Promise<Floats[]> {
    return this.#talk.gather(own);
  }

  override broadcast(values: Floats): Promise<void> {
    return this.#talk.broadcast(values);
  }

  override sum(own: Promise<Floats>): Promise<Floats> {
    return this.#gradients.sum(own);
  }

  override host(): string {
    return readText((text, length) => this.library.calls.MPI_Get_processor_name(text, length));
  }

  override abort(status: number): void {
    this.library.calls.MPI_Abort(this.library.world, status);
  }

  override async finish(): Promise<void> {
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
