/** Some of the options, all without `keys`, as far as they were set. */
export function given<T extends object, K extends keyof T = keyof T>(
  options: T,
  keys: readonly K[] = Object.keys(options) as K[],
): Pick<T, K> {
  const entries = keys.map((key) => [key, options[key]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Pick<T, K>;
}

/** Options with others in the place of those that were left open. */
export function completed<T extends object, Rest extends object>(
  options: T,
  rest: Rest,
): T & Rest {
  return { ...options, ...rest, ...given(options) } as T & Rest;
}

/** The names of options, as {@linkcode given} takes them. */
export function keysOf<T extends object>(shape: T): readonly (keyof T)[] {
  return Object.keys(shape) as (keyof T)[];
}
