/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** A shape as errors print it, `[1,3,4,4]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(",")}]`;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/**
 * The common shape of two shapes by the rules of broadcasting (aligned at the right, 1 stretches).
 *
 * @throws {TypeError} when they do not fit.
 */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) {
      throw new TypeError(`Cannot broadcast: shapes ${showShape(a)} and ${showShape(b)} differ`);
    }
    return m === 1 ? n : m;
  });
}

/**
 * The sizes of a shape `[n, c, h, w]`.
 *
 * @throws {TypeError} when it has not four dimensions.
 */
export function nchw(verb: string, shape: readonly number[]): [number, number, number, number] {
  const [n, c, h, w] = ranked(verb, shape, 4);
  return [n, c, h, w];
}

/**
 * The sizes of a matrix's shape.
 *
 * @throws {TypeError} when it has not two dimensions.
 */
export function rowsColumns(verb: string, shape: readonly number[]): [number, number] {
  const [rows, columns] = ranked(verb, shape, 2);
  return [rows, columns];
}

function ranked(verb: string, shape: readonly number[], rank: number): readonly number[] {
  if (shape.length !== rank) {
    throw new TypeError(`Cannot ${verb}: expected ${rank} dimensions, got ${showShape(shape)}`);
  }
  return shape;
}
