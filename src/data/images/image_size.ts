import { decodeImage } from "./image.ts";
import { isJpeg, segments } from "./jpeg.ts";
import { exifOrientation } from "./orientation.ts";
import { isPng } from "./png.ts";
import { readBytes } from "../../files/read_bytes.ts";

/** Columns and rows. */
export interface Size {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * The size that `readImage` would give, from the header alone: a hundred times as fast as decoding.
 * Throws InputError naming the file when it is missing or has no usable header.
 */
export async function readImageSize(path: string): Promise<Size> {
  const bytes = await readBytes(path);
  const size = isPng(bytes) ? pngSize(bytes) : isJpeg(bytes) ? jpegSize(bytes) : undefined;
  return size ?? await decodeImage(bytes, path); // which says what is wrong with it
}

function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 33) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function jpegSize(bytes: Uint8Array): Size | undefined {
  for (const { marker, start, end } of segments(bytes)) {
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue;
    if (end - start < 6) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start);
    const [height, width] = [view.getUint16(1), view.getUint16(3)];
    return exifOrientation(bytes) >= 5 ? { width: height, height: width } : { width, height };
  }
  return undefined;
}
