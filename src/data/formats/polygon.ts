import type { Mask } from "../masks/mask.ts";

/** A closed line of points, flat: x, y, x, y. It may touch and cross itself. */
export type Ring = readonly number[];

/** An edge, from above to below, so that both its directions cross a row at the very same place. */
type Edge = readonly [x1: number, y1: number, x2: number, y2: number];

/**
 * Fills a ring of a mask with a value: the pixels whose centres an odd number of its turns encloses.
 * An edge that is passed in both directions therefore encloses nothing, which is how a ring has holes.
 *
 * @throws {SyntaxError} with the bare reason when it is no ring, or crosses far more rows than a region
 * of the mask can.
 */
export function fillRing(mask: Mask, ring: Ring, value: number): void {
  const { width, height, data } = mask;
  if (ring.length % 2 !== 0 || ring.length < 6) {
    throw new SyntaxError(`a polygon has ${ring.length} numbers, not three points or more`);
  }
  if (!ring.every((v) => Math.abs(v) < 1e7)) {
    throw new SyntaxError("a point of a polygon is no number, or far outside");
  }
  const starts = new Uint32Array(height + 1);
  let crossings = 0;
  for (const edge of edgesOf(ring)) {
    const [first, end] = rowsOf(edge, height);
    crossings += Math.max(0, end - first);
    if (crossings > 4 * data.length + 2 ** 20) {
      throw new SyntaxError("a polygon crosses too many rows");
    }
    for (let y = first; y < end; y++) starts[y + 1]++;
  }
  for (let y = 0; y < height; y++) starts[y + 1] += starts[y];
  const xs = new Float64Array(crossings);
  const at = starts.slice();
  for (const edge of edgesOf(ring)) {
    const [x1, y1, x2, y2] = edge;
    const [first, end] = rowsOf(edge, height);
    for (let y = first; y < end; y++) {
      xs[at[y]++] = x1 + (y + 0.5 - y1) / (y2 - y1) * (x2 - x1);
    }
  }
  for (let y = 0; y < height; y++) {
    const row = xs.subarray(starts[y], starts[y + 1]).sort();
    for (let k = 0; k + 1 < row.length; k += 2) {
      const from = Math.max(0, Math.ceil(row[k] - 0.5));
      const to = Math.min(width, Math.ceil(row[k + 1] - 0.5));
      if (from < to) data.fill(value, y * width + from, y * width + to);
    }
  }
}

function* edgesOf(ring: Ring): Generator<Edge> {
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const [a, b] = ring[i + 1] < ring[j + 1] ? [i, j] : [j, i];
    yield [ring[a], ring[a + 1], ring[b], ring[b + 1]];
  }
}

/** The rows whose centres an edge crosses: the first, and the one behind the last. */
function rowsOf([, y1, , y2]: Edge, height: number): readonly [first: number, end: number] {
  return [Math.max(0, Math.ceil(y1 - 0.5)), Math.min(height, Math.ceil(y2 - 0.5))];
}
