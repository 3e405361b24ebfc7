/** How a product is divided among threads. */
export interface Tile {
  /** Rows of sums of a workgroup, m. */
  readonly rows: number;
  /** Columns of sums of a workgroup, n. */
  readonly cols: number;
  /** Steps of k that a workgroup shares at once: 8 or 16. */
  readonly depth: number;
  /** Rows of sums of a thread: 4 or 8. */
  readonly high: number;
  /** Columns of sums of a thread: 4 or 8. */
  readonly wide: number;
  /** Whether the next step is loaded before the sums of this one. */
  readonly ahead: boolean;
  /** Parts of k that workgroups of their own sum, and that are then added in order. */
  readonly slices: number;
}

/** The size of a product y[m,n] = sum_k a[k,m] b[k,n]. */
export interface Size {
  /** Rows. */
  readonly m: number;
  /** Columns. */
  readonly n: number;
  /** Terms of a sum. */
  readonly k: number;
  /** How many such products there are. */
  readonly products: number;
}

/** Shapes of tiles that are tried; deeper ones of 8x8 sums need more registers than a thread has. */
const SHAPES: readonly (readonly [
  rows: number,
  cols: number,
  depth: number,
  high: number,
  wide: number,
])[] = [
  [32, 32, 8, 4, 4],
  [32, 32, 16, 4, 4],
  [32, 64, 8, 4, 8],
  [32, 64, 16, 4, 8],
  [64, 64, 16, 4, 4],
  [64, 64, 8, 4, 8],
  [64, 64, 16, 4, 8],
  [64, 64, 8, 8, 8],
  [128, 64, 8, 8, 8],
  [64, 128, 8, 8, 8],
  [128, 128, 8, 8, 8],
];

/** Bytes of a `Row` of the tile in workgroup memory. */
const ROW_BYTES = 9 * 16;

/** Threads that keep a large GPU busy: two waves of 64 for each of 160 SIMDs. */
const THREADS = 2 * 64 * 160;

/** The least terms of a slice of a sum: fewer are not worth another dispatch. */
const SLICE = 96;

/** At most this part of the sums of a tile may lie outside the product, to be tried. */
const WASTE = 0.4;

/** Threads of a workgroup. */
export function threadsOf({ rows, cols, high, wide }: Tile): number {
  return rows / high * (cols / wide);
}

/** Whether the kernels run a tile within WebGPU's default limits. */
export function runs(tile: Tile): boolean {
  const { rows, cols, depth, high } = tile;
  const threads = threadsOf(tile);
  const loads = [rows, cols].map((size) => size * depth / 4 / threads);
  const bytes = (rows + cols) / 4 * (depth / 8) * ROW_BYTES;
  return threads <= 256 && bytes <= 16_384 && threads % cols === 0 && rows / high >= 4 &&
    loads.every((count) => count === 1 || count === 2 || count === 4);
}

/** The tile that is taken where nothing was measured. */
export function usualTile(size: Size): Tile {
  const [rows, cols, depth, high, wide] = size.m <= 32
    ? size.n <= 512 ? [32, 32, 8, 4, 4] : [32, 64, 16, 4, 8]
    : size.m > 64 && workgroups(size, 128, 64) * 128 >= THREADS
    ? [128, 64, 8, 8, 8]
    : [64, 64, 8, 8, 8];
  const tile = { rows, cols, depth, high, wide, ahead: true, slices: 1 };
  return { ...tile, slices: slicesOf(size, tile) };
}

/** The tiles that may be best for a product, the usual one first: what is tried on a device. */
export function candidates(size: Size): Tile[] {
  const usual = usualTile(size);
  const all = SHAPES.map(([rows, cols, depth, high, wide]) => (
    { rows, cols, depth, high, wide, ahead: true, slices: 1 }
  )).filter((tile) => wasteOf(size, tile) <= Math.max(WASTE, wasteOf(size, usual)));
  const split = all.map((tile) => ({ ...tile, slices: slicesOf(size, tile) }));
  const others = [
    { ...usual, ahead: false },
    { ...usual, slices: 2 * usual.slices },
    ...(usual.slices > 1 ? [{ ...usual, slices: usual.slices / 2 }] : []),
  ].filter(({ slices, depth }) => slices * depth <= Math.max(size.k, depth));
  const seen = new Set<string>();
  return [usual, ...split, ...others].filter((tile) => {
    const text = tileText(tile);
    return !seen.has(text) && seen.add(text);
  });
}

/** Slices of k, a power of two, until there are threads enough. */
function slicesOf(size: Size, tile: Tile): number {
  const threads = workgroups(size, tile.rows, tile.cols) * threadsOf(tile);
  let slices = 1;
  while (slices * threads < THREADS && 2 * slices * SLICE <= size.k && slices < 64) {
    slices *= 2;
  }
  return slices;
}

function workgroups({ m, n, products }: Size, rows: number, cols: number): number {
  return Math.ceil(m / rows) * Math.ceil(n / cols) * products;
}

/** The part of a tile's sums that is computed for nothing. */
function wasteOf(size: Size, { rows, cols }: Tile): number {
  return 1 - size.m * size.n * size.products / (workgroups(size, rows, cols) * rows * cols);
}

/** A tile in one word: `64x64x16/4x8`, with `-late` and `*4` slices where they are. */
export function tileText({ rows, cols, depth, high, wide, ahead, slices }: Tile): string {
  return `${rows}x${cols}x${depth}/${high}x${wide}${ahead ? "" : "-late"}${
    slices > 1 ? `*${slices}` : ""
  }`;
}

/** The tile that {@linkcode tileText} wrote, or `undefined` where the text says none that runs. */
export function readTile(text: string): Tile | undefined {
  const found = /^(\d+)x(\d+)x(8|16)\/([48])x([48])(-late)?(?:\*(\d+))?$/.exec(text);
  if (!found) return undefined;
  const [rows, cols, depth, high, wide] = found.slice(1, 6).map(Number);
  const tile = { rows, cols, depth, high, wide, ahead: !found[6], slices: Number(found[7] ?? 1) };
  return runs(tile) && tile.slices >= 1 && tile.slices <= 128 ? tile : undefined;
}

/** The shape class of a product: what its tile is chosen for. Sizes of images are taken roughly. */
export function classOf(kind: string, { m, n, k, products }: Size): string {
  return `${kind} ${m}x${roughly(n)}x${roughly(k)}${products > 1 ? ` of ${products}` : ""}`;
}

/** Rounded up to a quarter of a power of two. */
function roughly(n: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, n))) - 2);
  return Math.ceil(n / step) * step;
}
