import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import embedCode from "./embed.wgsl" with { type: "text" };
import { checkFeatures, type Features, keyOverrides } from "./features.ts";
import { numberKeys, type VertexTable } from "./vertex_table.ts";

const embed = kernel("crf_embed", embedCode);

/** Every pixel's simplex in the lattice, and the table in which corners find their vertex. */
export interface Corners {
  /** Dimensions of the features, d. */
  readonly dims: number;
  /** Pixels. */
  readonly pixels: number;
  /** Images. */
  readonly images: number;
  /** The keys of all corners, pixel by pixel. */
  readonly table: VertexTable;
  /** Barycentric weights, ceil((d+1)/4) texels a pixel. */
  readonly weights: Tensor;
}

/**
 * Places a block of pixels in the permutohedral lattice and numbers the vertices they touch, in the
 * raster order of their first corner whatever the order of the threads.
 *
 * `image` holds, for each image, planes of height x width values from element `offset` on; a lattice
 * of positions alone reads none. Adams, Baek and Davis 2010, section 3.
 *
 * @throws {RangeError} when there are too many pixels or dimensions, or features too fine for keys.
 */
export function corners(
  device: Device,
  image: Tensor,
  offset: number,
  features: Features,
): Corners {
  checkFeatures(device, features);
  const { width, height, top = 0, images = 1, sxy, srgb } = features;
  const area = width * height;
  const pixels = area * images;
  const dims = 2 + srgb.length;
  const keys = empty(device, [pixels * (dims + 1), 4]);
  const weights = empty(device, [pixels * Math.ceil((dims + 1) / 4), 4]);
  const params: Record<string, number> = { width, area, top, pixels, offset };
  for (let i = 0; i < 10; i++) {
    params[`d${i}`] = [...sxy, ...srgb][i] ?? 1;
    params[`s${i}`] = Math.sqrt(2 / 3) * (dims + 1) / Math.sqrt((i + 1) * (i + 2));
  }
  device.run(embed, { image, keys, weights }, {
    params,
    threads: pixels,
    overrides: keyOverrides(dims, images),
  });
  return { dims, pixels, images, table: numberKeys(keys), weights };
}
