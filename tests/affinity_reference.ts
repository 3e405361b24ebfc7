/** A pair of pixels, by their indices in the image. */
export interface Pair {
  /** The offset's number. */
  readonly o: number;
  /** The first pixel's number among first pixels. */
  readonly p: number;
  /** The first pixel. */
  readonly from: number;
  /** The second, which is -1 outside the image. */
  readonly to: number;
}

/** Every pair of an image by PSA's rule; with `borders` those of all pixels. */
export function pairList(h: number, w: number, radius = 5, borders = false): Pair[] {
  const offsets: [number, number][] = [];
  for (let dx = 1; dx < radius; dx++) offsets.push([0, dx]);
  for (let dy = 1; dy < radius; dy++) {
    for (let dx = -radius + 1; dx < radius; dx++) {
      if (dx * dx + dy * dy < radius * radius) offsets.push([dy, dx]);
    }
  }
  const edge = borders ? 0 : radius - 1;
  const list: Pair[] = [];
  offsets.forEach(([dy, dx], o) => {
    let p = 0;
    for (let y = 0; y < h - edge; y++) {
      for (let x = edge; x < w - edge; x++) {
        const inside = y + dy < h && x + dx >= 0 && x + dx < w;
        list.push({ o, p: p++, from: y * w + x, to: inside ? (y + dy) * w + x + dx : -1 });
      }
    }
  });
  return list;
}

/** The affinities of features `[n,c,h,w]`, `[n, offsets, first pixels]`, in float64. */
export function affinityReference(
  f: ArrayLike<number>,
  [n, c, h, w]: readonly number[],
  radius = 5,
  borders = false,
): Float64Array {
  const pairs = pairList(h, w, radius, borders);
  return Float64Array.from({ length: n * pairs.length }, (_, i) => {
    const { from, to } = pairs[i % pairs.length];
    if (to < 0) return 0;
    const image = Math.floor(i / pairs.length) * c * h * w;
    let sum = 0;
    for (let k = 0; k < c; k++) {
      sum += Math.abs(f[image + k * h * w + from] - f[image + k * h * w + to]);
    }
    return Math.exp(-sum / c);
  });
}

/** The walk's matrix as three lists, T[row, column] = value, in float64. */
export function transitionReference(
  f: ArrayLike<number>,
  [c, h, w]: readonly number[],
  beta: number,
  radius = 5,
  borders = false,
): { readonly rows: number[]; readonly columns: number[]; readonly values: number[] } {
  const a = affinityReference(f, [1, c, h, w], radius, borders);
  const [rows, columns, values]: number[][] = [[], [], []];
  const put = (row: number, column: number, value: number) => {
    rows.push(row);
    columns.push(column);
    values.push(value);
  };
  for (let i = 0; i < h * w; i++) put(i, i, 1);
  pairList(h, w, radius, borders).forEach(({ from, to }, i) => {
    if (to < 0) return;
    put(from, to, a[i] ** beta);
    put(to, from, a[i] ** beta);
  });
  const sums = new Float64Array(h * w);
  columns.forEach((column, i) => sums[column] += values[i]);
  return { rows, columns, values: values.map((value, i) => value / sums[columns[i]]) };
}
