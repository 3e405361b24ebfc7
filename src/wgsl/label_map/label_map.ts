import { kernel } from "../../gpu/mod.ts";
import { empty, nchw, showShape, type Tensor } from "../../tensor/mod.ts";
import code from "./label_map.wgsl" with { type: "text" };

const choosing = kernel("label_map", code);

/**
 * The class of the largest score at every pixel of one image, whose scores `[n,c,h,w]` are enlarged
 * as by {@linkcode resizeBilinear}: one byte a pixel, row by row, four in a u32 element. The enlarged
 * scores are never stored, so that photographs may be large. No gradient.
 *
 * @param image which of the n images
 * @param allowed flags `[n,c]`, f32 or u32: a class whose flag is 0 never wins; all may by default
 * @param part how many of the first rows and columns of the scores show the image; all by default
 * @throws {TypeError} when the shapes do not fit.
 * @throws {RangeError} when there are more than 256 classes, or no such image or part of it.
 */
export function labelMap(
  x: Tensor,
  image: number,
  height: number,
  width: number,
  allowed?: Tensor,
  part?: { readonly height: number; readonly width: number },
): Tensor {
  const { device, shape } = x;
  const [n, c, h, w] = nchw("choose labels", shape);
  if (allowed && allowed.size !== n * c) {
    throw new TypeError(
      `Cannot choose labels of ${showShape(shape)}: the flags are ${showShape(allowed.shape)}`,
    );
  }
  if (!(image >= 0 && image < n) || c > 256) {
    throw new RangeError(`Cannot choose labels of image ${image} of ${showShape(shape)}`);
  }
  const words = Math.ceil(height * width / 4);
  const { height: rows, width: columns } = part ?? { height: h, width: w };
  if (!(rows > 0 && rows <= h && columns > 0 && columns <= w)) {
    throw new RangeError(
      `Cannot choose labels of ${rows} rows and ${columns} columns of ${showShape(shape)}`,
    );
  }
  const labels = empty(device, [words], "u32");
  device.run(choosing, { x, allowed: allowed ?? x, labels }, {
    params: { h, w, rows, columns, image, high: height, wide: width },
    threads: words,
    overrides: { C: c, SOME: Number(allowed !== undefined) },
    trips: 4 * c,
  });
  return labels;
}
