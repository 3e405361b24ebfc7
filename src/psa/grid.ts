import type { Size } from "../data/images/image_size.ts";
import { fittedView, type View } from "../data/images/view.ts";

/** How a photograph lies on the grid of its walk. */
export interface Grid {
  /** How the encoder sees the photograph. */
  readonly view: View;
  /** Columns of the grid. */
  readonly width: number;
  /** Rows of the grid. */
  readonly height: number;
  /** Side of a cell in the photograph, where the last ones may reach beyond it; else they fit. */
  readonly stride?: number;
}

/** What a grid depends on besides the photograph. */
export interface GridRule {
  /** Side of a cell, in pixels of what the encoder sees. */
  readonly stride: number;
  /** What the sides that the encoder sees are multiples of. */
  readonly multiple: number;
  /** The least that the sides of what the encoder sees are. */
  readonly least?: number;
  /** The long side of what the encoder sees; the photograph's own when absent. */
  readonly longSide?: number;
}

/**
 * The grid of a photograph: at its own size, padded on the right and below (PSA), or, with a long side,
 * resized so that it fits the grid, its aspect ratio kept as nearly as that allows.
 */
export function gridOf(
  { width, height }: Size,
  { stride, multiple, least = 0, longSide }: GridRule,
): Grid {
  const up = (length: number, unit: number) => Math.ceil(length / unit);
  if (longSide === undefined) {
    const [w, h] = [width, height].map((length) =>
      up(Math.max(least, length), multiple) * multiple
    );
    const view = { width, height, crop: { x: 0, y: 0, width: w, height: h } };
    return { view, width: up(width, stride), height: up(height, stride), stride };
  }
  const view = fittedView({ width, height }, longSide, multiple);
  return { view, width: view.width / stride, height: view.height / stride };
}

/** Means of planes of a photograph over the cells of its grid; zeros beyond the borders. */
export function placeMeans(
  planes: Float32Array,
  { width, height }: Size,
  grid: Grid,
): Float32Array<ArrayBuffer> {
  const [columns, rows] = [
    shares(width, grid.width, grid.stride),
    shares(height, grid.height, grid.stride),
  ];
  const area = width * height;
  const means = new Float32Array(planes.length / area * grid.width * grid.height);
  const line = new Float64Array(width);
  let out = 0;
  for (let plane = 0; plane < planes.length; plane += area) {
    for (const row of rows) {
      line.fill(0);
      row.weights.forEach((weight, i) => {
        const from = plane + (row.first + i) * width;
        for (let x = 0; x < width; x++) line[x] += weight * planes[from + x];
      });
      for (const { first, weights } of columns) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i] * line[first + i];
        means[out++] = sum;
      }
    }
  }
  return means;
}

/** Which samples of an axis lie in each of its cells, and with what share of the cell. */
function shares(length: number, cells: number, stride = length / cells) {
  return Array.from({ length: cells }, (_, i) => {
    const [start, end] = [i * stride, Math.min(length, (i + 1) * stride)];
    const first = Math.floor(start);
    const count = Math.ceil(end - 1e-9) - first;
    const weights = Array.from({ length: count }, (_, k) => {
      const at = first + k;
      return (Math.min(end, at + 1) - Math.max(start, at)) / stride;
    });
    return { first, weights };
  });
}
