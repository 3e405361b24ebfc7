/** How many groups are under way while earlier results are taken. */
const AHEAD = 2;

/** How {@linkcode inGroups} works. */
export interface Grouping<T extends object, R> {
  /** Checks an input on arrival. */
  check(input: T): void;
  /** Whether an input can join the group, which is not empty. */
  joins(input: T, group: readonly T[]): boolean;
  /** The results of a group, one an input. */
  run(group: readonly T[]): Promise<readonly R[]>;
}

/**
 * Runs neighbouring inputs in groups, the next while earlier ones are still under way; yields every
 * input with its result, in order. An error of the source or of an input is thrown after the results
 * of those before. Waits for what is under way when the loop is left early.
 */
export async function* inGroups<T extends object, R>(
  inputs: Iterable<T> | AsyncIterable<T>,
  { check, joins, run }: Grouping<T, R>,
): AsyncGenerator<[input: T, result: R], void, void> {
  const queue: { readonly group: readonly T[]; readonly results: Promise<readonly R[]> }[] = [];
  let group: T[] = [];
  let failure: { readonly error: unknown } | undefined;
  const start = () => {
    if (group.length === 0) return;
    const results = run(group);
    results.catch(() => {}); // it is thrown when its turn comes, not before
    queue.push({ group, results });
    group = [];
  };
  const finish = async function* () {
    const { group, results } = queue.shift()!;
    const done = await results;
    for (const [i, input] of group.entries()) yield [input, done[i]] as [T, R];
  };
  const source = drawn(inputs);
  const draw = async (): Promise<T | undefined> => {
    try {
      const { value, done } = await source.next();
      if (!done) check(value);
      return done ? undefined : value;
    } catch (error) {
      failure = { error };
    }
  };
  try {
    for (let input = await draw(); input; input = await draw()) {
      if (group.length > 0 && !joins(input, group)) start();
      group.push(input);
      while (queue.length > AHEAD) yield* finish();
    }
    start();
    while (queue.length > 0) yield* finish();
    if (failure) throw failure.error;
  } finally {
    await Promise.allSettled([...queue.map(({ results }) => results), source.return()]);
  }
}

async function* drawn<T>(inputs: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield* inputs;
}
