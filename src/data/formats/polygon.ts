import type { Mask } from "../masks/mask.ts";

/** A closed line of points, flat: x, y, x, y. It may touch and cross itself. */
export type Ring = readonly number[];

/** A box by its first corner and its sides, in pixels; `turn` in degrees, clockwise about that corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly turn?: number;
}

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
  let [crossings, top, bottom] = [0, height, 0];
  eachEdge(ring, height, (first, end) => {
    crossings += end - first;
    top = Math.min(top, first);
    bottom = Math.max(bottom, end);
    if (crossings > 4 * data.length + 2 ** 20) {
      throw new SyntaxError("a polygon crosses too many rows");
    }
  });
  if (crossings === 0) return;
  const starts = new Uint32Array(bottom - top + 1);
  eachEdge(ring, height, (first, end) => {
    for (let y = first; y < end; y++) starts[y - top + 1]++;
  });
  for (let y = 0; y < bottom - top; y++) starts[y + 1] += starts[y];
  const xs = new Float64Array(crossings);
  const at = starts.slice();
  eachEdge(ring, height, (first, end, a, b) => {
    const [x1, y1, x2, y2] = [ring[a], ring[a + 1], ring[b], ring[b + 1]];
    for (let y = first; y < end; y++) {
      xs[at[y - top]++] = x1 + (y + 0.5 - y1) / (y2 - y1) * (x2 - x1);
    }
  });
  for (let y = top; y < bottom; y++) {
    const row = xs.subarray(starts[y - top], starts[y - top + 1]).sort();
    for (let k = 0; k + 1 < row.length; k += 2) {
      const from = Math.max(0, Math.ceil(row[k] - 0.5));
      const to = Math.min(width, Math.ceil(row[k + 1] - 0.5));
      if (from < to) data.fill(value, y * width + from, y * width + to);
    }
  }
}

/**
 * Fills every pixel that a box touches, with `turn` in degrees, clockwise about its first corner, those
 * whose centres it encloses. Throws SyntaxError as {@linkcode fillRing} does.
 */
export function fillBox(
  mask: Mask,
  { x, y, width, height, turn = 0 }: Box,
  value: number,
): void {
  if (turn === 0) {
    const [left, right] = [Math.floor(x), Math.ceil(x + width)];
    const [top, bottom] = [Math.floor(y), Math.ceil(y + height)];
    return fillRing(mask, [left, top, right, top, right, bottom, left, bottom], value);
  }
  const [cos, sin] = [Math.cos(turn * Math.PI / 180), Math.sin(turn * Math.PI / 180)];
  const ring = [[0, 0], [width, 0], [width, height], [0, height]].flatMap(([right, down]) => {
    return [x + right * cos - down * sin, y + right * sin + down * cos];
  });
  fillRing(mask, ring, value);
}

/** The area that a ring encloses, in pixels (the shoelace formula); a hole that it has is none. */
export function ringArea(ring: Ring): number {
  let twice = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = i + 2 < ring.length ? i + 2 : 0;
    twice += ring[i] * ring[j + 1] - ring[j] * ring[i + 1];
  }
  return Math.abs(twice) / 2;
}

/**
 * Visits the edges of a ring that cross centres of rows: the first of these, the one behind the last, and
 * where in the ring its upper and its lower end are, so that both its directions cross a row at the very
 * same place.
 */
function eachEdge(
  ring: Ring,
  height: number,
  visit: (first: number, end: number, upper: number, lower: number) => void,
): void {
  for (let i = 0; i < ring.length; i += 2) {
    const j = i + 2 < ring.length ? i + 2 : 0;
    const [upper, lower] = ring[i + 1] < ring[j + 1] ? [i, j] : [j, i];
    const first = Math.max(0, Math.ceil(ring[upper + 1] - 0.5));
    const end = Math.min(height, Math.ceil(ring[lower + 1] - 0.5));
    if (first < end) visit(first, end, upper, lower);
  }
}
