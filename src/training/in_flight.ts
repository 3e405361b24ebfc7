/**
 * Every item with what `start` promises for it, in order; the next is started before the result of the one
 * before is awaited, so that the GPU computes while results are read and made into files.
 *
 * `start` must have recorded all of its work when it returns. An error comes after the results of the
 * items before. Waits for what is under way when the loop is left early.
 */
export async function* inFlight<T, R>(
  items: AsyncIterable<T>,
  start: (item: T) => Promise<R>,
): AsyncGenerator<[item: T, result: R], void, void> {
  const source = items[Symbol.asyncIterator]();
  let next: { readonly item: T; readonly result: Promise<R> } | undefined;
  let failure: { readonly error: unknown } | undefined;
  const begin = async () => {
    next = undefined;
    try {
      const { value: item, done } = await source.next();
      if (done) return;
      next = { item, result: start(item) };
      next.result.catch(() => {}); // it is thrown when its turn comes, not before
    } catch (error) {
      failure = { error };
    }
  };
  try {
    await begin();
    for (let last = next; last; last = next) {
      await begin();
      yield [last.item, await last.result];
    }
    if (failure) throw failure.error;
  } finally {
    await Promise.allSettled([next?.result, source.return?.()]);
  }
}
