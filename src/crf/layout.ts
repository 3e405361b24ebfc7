import type { Device } from "../gpu/mod.ts";
import { groupsOf, LimitError, maxPixels, maxTexels } from "../wgsl/crf.ts";
import type { ResolvedCrfOptions, Term } from "./options.ts";

/** The largest image, in pixels, for which brute force is allowed. */
const MOST_EXACT = 128 * 128;

/** Rows of one image that are worked on at once, or all rows of several images. */
export interface Rows {
  /** The rows above. */
  readonly top: number;
  /** How many rows. */
  readonly height: number;
}

/** How images of one size are divided into blocks of pixels. */
export interface Layout {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Images; one where there are several blocks. */
  readonly images: number;
  /** The blocks, from top to bottom. */
  readonly blocks: readonly Rows[];
}

/**
 * Divides images into blocks that the device can hold; checks, before any work, that it can.
 *
 * @throws {LimitError} that names the sizes.
 */
export function layoutOf(
  device: Device,
  { width, height }: { readonly width: number; readonly height: number },
  images: number,
  labels: number,
  options: ResolvedCrfOptions,
): Layout {
  const { method, terms, blockPixels } = options;
  const pixels = width * height;
  const groups = groupsOf(labels);
  for (const { matrix } of terms) {
    if (matrix && matrix.length !== labels) {
      throw new TypeError(
        `Cannot run a CRF: a matrix is for ${matrix.length} labels, and there are ${labels}`,
      );
    }
  }
  if (method === "exact") {
    if (pixels > MOST_EXACT || pixels * groups > maxTexels(device)) {
      const most = Math.min(MOST_EXACT, Math.floor(maxTexels(device) / groups));
      refuse("an exact", width, height, labels, `${most} pixels are possible. Use the lattice`);
    }
    return { width, height, images, blocks: [{ top: 0, height }] };
  }
  const most = mostPixels(device, groups, terms);
  if (width > most) {
    refuse("a", width, height, labels, `rows of ${most} are possible here. Use a smaller image`);
  }
  for (const term of terms) {
    if (term.srgb.length > 0) continue;
    const vertices = positionVertices(width, height, term.sxy);
    if (vertices * groups > maxTexels(device)) {
      const reason =
        `standard deviations of ${term.sxy} pixels take ${vertices} vertices, of which ` +
        `${Math.floor(maxTexels(device) / groups)} are possible. Use larger ones, or fewer labels`;
      refuse("a", width, height, labels, reason);
    }
  }
  const rows = Math.max(1, Math.floor(Math.min(most, blockPixels) / width));
  const count = Math.ceil(height / rows);
  const even = Math.ceil(height / count);
  const blocks: Rows[] = [];
  for (let top = 0; top < height; top += even) {
    blocks.push({ top, height: Math.min(even, height - top) });
  }
  return { width, height, images, blocks };
}

/** The most images of one size that are worth doing at once. */
export function imagesAtOnce(
  device: Device,
  pixels: number,
  labels: number,
  options: ResolvedCrfOptions,
): number {
  if (options.method === "exact") return 1;
  const most = mostPixels(device, groupsOf(labels), options.terms);
  const enough = Math.min(most, options.blockPixels, device.texels ? 2 ** 16 : 2 ** 20);
  return Math.max(1, Math.min(256, Math.floor(enough / pixels)));
}

/**
 * More vertices than positions of an image can touch: the area in standard deviations, widened by
 * two on every side, times the vertices of the lattice A2* in a unit of area, 2 / sqrt(3).
 */
export function positionVertices(
  width: number,
  height: number,
  sxy: readonly [number, number],
): number {
  const area = (width / sxy[0] + 4) * (height / sxy[1] + 4);
  return Math.min(3 * width * height, Math.ceil(area * 2 / Math.sqrt(3))) + 1;
}

function mostPixels(device: Device, groups: number, terms: readonly Term[]): number {
  const dims = Math.max(...terms.map(({ srgb }) => 2 + srgb.length), 2);
  return Math.min(maxPixels(device, dims), Math.floor(maxTexels(device) / groups));
}

function refuse(
  what: string,
  width: number,
  height: number,
  labels: number,
  reason: string,
): never {
  throw new LimitError(
    `Cannot run ${what} CRF on ${width}x${height} pixels with ${labels} labels: ${reason}`,
  );
}
