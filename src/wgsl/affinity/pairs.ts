import { showShape, type Tensor } from "../../tensor/mod.ts";

/** The pixels that are the first of their pairs, and how many partners each has. */
export interface Pairs {
  /** Partners of each: offsets (dy, dx) in the order of {@linkcode pairOffsets}. */
  readonly offsets: number;
  /** The column where the first pixels begin; they begin in row 0. */
  readonly left: number;
  /** Rows of first pixels; 0 where the image is too small. */
  readonly rows: number;
  /** Columns of first pixels; 0 where the image is too small. */
  readonly columns: number;
}

/** Which pixels are paired. */
export interface PairOptions {
  /** Pixels are paired within less than this distance: 2 to 5, and 5 by default. */
  readonly radius?: number;
  /**
   * Pairs up to the image's borders too. By default, as in PSA, first pixels are only those whose
   * partners all lie inside, so that the corners at the top have no pair at all.
   */
  readonly borders?: boolean;
}

/**
 * The offsets (dy, dx) from the first pixel of a pair to the second, one of each two opposite ones:
 * (0, 1..radius-1), then rows below from left to right; 34 within radius 5 (PSA).
 *
 * @throws {RangeError} unless the radius is 2, 3, 4 or 5.
 */
export function pairOffsets(radius: number): readonly (readonly [dy: number, dx: number])[] {
  if (![2, 3, 4, 5].includes(radius)) {
    throw new RangeError(`Cannot pair pixels within radius ${radius}: it must be 2, 3, 4 or 5`);
  }
  const offsets: [number, number][] = [];
  for (let dy = 0; dy < radius; dy++) {
    for (let dx = dy === 0 ? 1 : 1 - radius; dx < radius; dx++) {
      if (dx * dx + dy * dy < radius * radius) offsets.push([dy, dx]);
    }
  }
  return offsets;
}

/** The pairs of an image of `h` x `w` pixels. */
export function pairsOf(
  h: number,
  w: number,
  { radius = 5, borders = false }: PairOptions,
): Pairs {
  const offsets = pairOffsets(radius).length;
  if (borders) return { offsets, left: 0, rows: h, columns: w };
  const left = radius - 1;
  const [rows, columns] = [Math.max(h - left, 0), Math.max(w - 2 * left, 0)];
  return { offsets, left, rows, columns };
}

/**
 * Refuses a map in which no pixel has all its partners.
 *
 * @throws {RangeError} saying so.
 */
export function checkPairs({ shape }: Tensor, { rows, columns }: Pairs): void {
  if (rows * columns === 0) {
    throw new RangeError(
      `Cannot pair the pixels of ${
        showShape(shape)
      }: none has all its partners inside. Use larger ` +
        "images, a smaller radius, or the pairs up to the borders",
    );
  }
}
