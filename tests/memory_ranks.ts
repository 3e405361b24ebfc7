// Ranks of one process, for tests: what MPI does between processes, done in memory.
import { type Floats, sumParts } from "../src/mpi/channel.ts";
import { Ranks } from "../src/mpi/ranks.ts";

/** What ranks have given to operations that not all of them have joined yet. */
interface Meeting {
  readonly given: (Floats | undefined)[];
  readonly all: PromiseWithResolvers<Floats[]>;
}

/** The meetings of some ranks, until one of them gives up. */
interface Meetings extends Map<string, Meeting> {
  over?: boolean;
}

class MemoryRanks extends Ranks {
  readonly #counts = { talk: 0, gradients: 0 };

  constructor(rank: number, size: number, readonly meetings: Meetings) {
    super(rank, size);
  }

  #exchange(channel: "talk" | "gradients", own: Floats): Promise<Floats[]> {
    if (this.meetings.over) return Promise.reject(new Error("a rank has given up"));
    const key = `${channel} ${this.#counts[channel]++}`;
    const meeting = this.meetings.get(key) ??
      { given: Array(this.size).fill(undefined), all: Promise.withResolvers<Floats[]>() };
    this.meetings.set(key, meeting);
    meeting.given[this.rank] = own.slice();
    if (meeting.given.every((values) => values !== undefined)) {
      const [{ length }] = meeting.given as Floats[];
      if (meeting.given.some((values) => values!.length !== length)) {
        meeting.all.reject(new Error(`ranks gave different numbers of values to ${key}`));
      }
      meeting.all.resolve(meeting.given as Floats[]);
    }
    return meeting.all.promise;
  }

  override gather(own: Floats): Promise<Floats[]> {
    return this.#exchange("talk", own);
  }

  override async broadcast(values: Floats): Promise<void> {
    values.set((await this.gather(values))[0]);
  }

  #last: Promise<unknown> = Promise.resolve();

  override sum(own: Promise<Floats>): Promise<Floats> {
    const result = this.#last.then(async () => {
      const all = await this.#exchange("gradients", await own);
      const [{ length }] = all;
      const joined = new Float32Array(length * this.size);
      all.forEach((values, rank) => joined.set(values, rank * length));
      return sumParts(joined, length);
    });
    this.#last = result.catch(() => {});
    return result;
  }

  override host(): string {
    return "here";
  }

  override abort(): void {
    this.meetings.over = true;
    for (const { all } of this.meetings.values()) all.reject(new Error("a rank has given up"));
  }

  override async finish(): Promise<void> {
    await this.meet();
  }
}

/** So many ranks that know each other. */
export function memoryRanks(size: number): Ranks[] {
  const meetings: Meetings = new Map();
  return Array.from({ length: size }, (_, rank) => new MemoryRanks(rank, size, meetings));
}
