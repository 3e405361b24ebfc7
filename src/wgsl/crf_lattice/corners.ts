import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import countCode from "./count.wgsl" with { type: "text" };
import embedCode from "./embed.wgsl" with { type: "text" };
import embedBuffers from "./embed_buffers.wgsl" with { type: "text" };
import embedTexels from "./embed_texels.wgsl" with { type: "text" };
import hashCode from "./hash.wgsl" with { type: "text" };
import insertCode from "./insert.wgsl" with { type: "text" };
import numberCode from "./number.wgsl" with { type: "text" };
import tableBuffers from "./table_buffers.wgsl" with { type: "text" };
import tableTexels from "./table_texels.wgsl" with { type: "text" };
import { chosen, variants } from "./variants.ts";

const embedKernel = variants("crf_embed", embedTexels, embedBuffers, embedCode);
const insert = variants("crf_insert", tableTexels, tableBuffers, hashCode, insertCode);
const count = kernel("crf_count", countCode);
const number = kernel("crf_number", numberCode);

/** What the pixels of one image are compared by. */
export interface Features {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Standard deviations in pixels along x and y. */
  readonly sxy: readonly [number, number];
  /** Standard deviations of the image's channels; none for position alone. */
  readonly srgb: readonly number[];
}

/** Every pixel's simplex in the lattice, and the table in which corners find their vertex. */
export interface Corners {
  /** Dimensions of the features, d. */
  readonly dims: number;
  /** Pixels. */
  readonly pixels: number;
  /** The packed keys of all corners, pixel by pixel, one texel each. */
  readonly keys: Tensor;
  /** Barycentric weights, ceil((d+1)/4) texels a pixel. */
  readonly weights: Tensor;
  /** Where each corner's key is in the table, u32. */
  readonly slots: Tensor;
  /** An open hash table of the complements of first corners, u32, and its size less one. */
  readonly table: Tensor;
  /** The size of the table less one. */
  readonly mask: number;
  /** The vertex in each slot of the table, u32. */
  readonly vertices: Tensor;
  /** The first corner of each vertex, u32. */
  readonly firsts: Tensor;
  /** u32: the number of vertices with the empty vertex 0, and later the number of segments. */
  readonly stats: Tensor;
}

/** Coordinates that share one component of a packed key of d dimensions. */
export function keysPerComponent(dims: number): number {
  return Math.ceil((dims + 1) / 4);
}

/**
 * Places the pixels of one image in the permutohedral lattice and numbers the vertices they touch,
 * in the raster order of their first corner whatever the order of the threads.
 *
 * `image` holds planes of height x width values from element `offset` on; a lattice of positions
 * alone reads none. Adams, Baek and Davis 2010, section 3.
 *
 * @throws {RangeError} when there are too many pixels or dimensions, or features too fine for keys.
 */
export function corners(
  device: Device,
  image: Tensor,
  offset: number,
  features: Features,
): Corners {
  const { width, height, sxy, srgb } = features;
  const pixels = width * height;
  const dims = 2 + srgb.length;
  const size = pixels * (dims + 1);
  checkLimits(device, features);
  const mask = 2 ** Math.ceil(Math.log2(1.25 * size + 1)) - 1;
  const result: Corners = {
    dims,
    pixels,
    keys: empty(device, [size, 4]),
    weights: empty(device, [pixels * Math.ceil((dims + 1) / 4), 4]),
    slots: empty(device, [size], "u32"),
    table: empty(device, [mask + 1], "u32"),
    mask,
    vertices: empty(device, [mask + 1], "u32"),
    firsts: empty(device, [size + 1], "u32"),
    stats: empty(device, [4], "u32"),
  };
  const { keys, weights, slots, table, vertices, firsts, stats } = result;
  const params: Record<string, number> = { width, pixels, offset };
  for (let i = 0; i < 10; i++) {
    params[`d${i}`] = [...sxy, ...srgb][i] ?? 1;
    params[`s${i}`] = Math.sqrt(2 / 3) * (dims + 1) / Math.sqrt((i + 1) * (i + 2));
  }
  const overrides = { D: dims, PER: keysPerComponent(dims) };
  device.run(
    chosen(device, embedKernel),
    { image, keys, weights },
    { params, threads: pixels, overrides },
  );
  device.clear(table.storage);
  device.run(
    chosen(device, insert),
    { keys, table, slots },
    { params: { size, mask }, threads: size },
  );
  const blocks = Math.ceil(size / 64);
  const offsets = empty(device, [blocks], "u32");
  device.run(count, { table, slots, counts: offsets }, { params: { size }, threads: blocks });
  scan(offsets);
  device.run(
    number,
    { table, slots, offsets, vertices, firsts, stats },
    { params: { size }, threads: blocks },
  );
  offsets.release();
  return result;
}

/** The most pixels of an image that the device's limits and the packed keys allow. */
export function maxPixels(device: Device, dims: number): number {
  const { maxStorageBufferBindingSize, maxTextureDimension2D } = device.gpu.limits;
  const texels = Math.min(
    maxStorageBufferBindingSize / 16,
    device.texels ? maxTextureDimension2D * 1024 : Infinity,
    2 ** 24,
  );
  return Math.floor((texels - 2) / (dims + 1));
}

function checkLimits(device: Device, { width, height, sxy, srgb }: Features): void {
  const dims = 2 + srgb.length;
  if (dims > 10) {
    throw new RangeError(`Cannot build a lattice: ${srgb.length} channels exceed 8`);
  }
  const most = maxPixels(device, dims);
  if (width * height > most) {
    throw new RangeError(
      `Cannot build a lattice: ${width}x${height} is ${width * height} pixels, and this adapter ` +
        `allows ${most}. Use a smaller image`,
    );
  }
  // The furthest an elevated coordinate can be from 0, in units of the key's coordinates.
  const spans = [...sxy.map((s, i) => [width, height][i] / s), ...srgb.map((s) => 255 / s)];
  const reach = spans.reduce((sum, span, i) => {
    return sum + Math.sqrt(2 / 3) * span / Math.sqrt((i + 1) * (i + 2)) * (i + 1);
  }, 2);
  if (reach >= 2 ** (24 / keysPerComponent(dims) - 1)) {
    throw new RangeError(
      `Cannot build a lattice: standard deviations ${[...sxy, ...srgb]} are too small for ` +
        `${width}x${height} pixels of ${srgb.length} channels. Use larger ones`,
    );
  }
}
