import { segments } from "./jpeg.ts";

/**
 * The EXIF orientation of a JPEG, 1..8: how the camera was held. 1, upright, when nothing is said
 * or the EXIF data makes no sense (Exif 2.3, tag 0x0112 of the first directory).
 */
export function exifOrientation(jpeg: Uint8Array): number {
  for (const { marker, start, end } of segments(jpeg)) {
    const exif = [0x45, 0x78, 0x69, 0x66, 0, 0].every((byte, i) => jpeg[start + i] === byte);
    if (marker !== 0xe1 || !exif) continue;
    const tiff = new DataView(jpeg.buffer, jpeg.byteOffset + start + 6, end - start - 6);
    try {
      return orientationTag(tiff);
    } catch (error) {
      if (error instanceof RangeError) return 1; // an offset beyond the segment
      throw error;
    }
  }
  return 1;
}

function orientationTag(tiff: DataView): number {
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = tiff.getUint32(4, little);
  for (let i = 0; i < tiff.getUint16(directory, little); i++) {
    const entry = directory + 2 + 12 * i;
    if (tiff.getUint16(entry, little) !== 0x0112) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** RGB pixels turned upright: `orientation` as `exifOrientation` gives it; 5..8 swap the sides. */
export function upright(
  width: number,
  height: number,
  rgb: Uint8Array<ArrayBuffer>,
  orientation: number,
): { width: number; height: number; data: Uint8Array<ArrayBuffer> } {
  if (orientation === 1) return { width, height, data: rgb };
  const swapped = orientation >= 5;
  const [w, h] = swapped ? [height, width] : [width, height];
  const right = [2, 3, 7, 8].includes(orientation); // the stored columns run from the far side
  const bottom = [3, 4, 6, 7].includes(orientation);
  const data = new Uint8Array(rgb.length);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [u, v] = swapped ? [y, x] : [x, y];
      const from = 3 * ((bottom ? height - 1 - v : v) * width + (right ? width - 1 - u : u));
      const to = 3 * (y * w + x);
      data[to] = rgb[from];
      data[to + 1] = rgb[from + 1];
      data[to + 2] = rgb[from + 2];
    }
  }
  return { width: w, height: h, data };
}
