/** How a batch is divided among ranks. */
export interface Division {
  /** The photographs of each rank, in the order of ranks. */
  readonly shares: readonly number[];
  /** Which rank this process is. */
  readonly index: number;
}

/** Which of how many ranks a process is. */
export interface Place {
  /** From 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
}

/** Divides `count` photographs among ranks, one after the other; the first ranks have the odd ones. */
export function divide(count: number, { rank, size }: Place): Division {
  const shares = Array.from(
    { length: size },
    (_, i) => Math.floor(count / size) + Number(i < count % size),
  );
  return { shares, index: rank };
}

/** The positions of this process's share in a batch that begins at `start`. */
export function ownPart({ shares, index }: Division, start = 0): [from: number, to: number] {
  const from = shares.slice(0, index).reduce((sum, share) => sum + share, start);
  return [from, from + shares[index]];
}
