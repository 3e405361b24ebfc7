import { decodeImage } from "./image.ts";
import { isJpeg } from "./jpeg.ts";
import { isFrame, segments } from "./jpeg_segments.ts";
import { jpegOrientation } from "./orientation.ts";
import { isPng, pngHeader } from "./png.ts";
import { isTiff, tiffHeader } from "./tiff.ts";
import { isWebp, webpHeader } from "./webp.ts";
import { readBytes } from "../../files/read_bytes.ts";
import { nameOf, type Source } from "../../files/source.ts";

/** Columns and rows. */
export interface Size {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * The size that `readImage` would give, without decoding: a hundred times as fast.
 * Throws InputError naming the file when it is missing or has no usable header.
 */
export async function readImageSize(source: Source): Promise<Size> {
  const bytes = await readBytes(source);
  const header = [
    [isPng, pngHeader] as const,
    [isWebp, webpHeader] as const,
    [isTiff, tiffHeader] as const,
  ].find(([is]) => is(bytes))?.[1];
  const size = header ? sizeOf(() => header(bytes)) : isJpeg(bytes) ? jpegSize(bytes) : undefined;
  return size ?? await decodeImage(bytes, nameOf(source)); // which says what is wrong with it
}

function sizeOf(read: () => Size & { readonly orientation: number }): Size | undefined {
  try {
    const { width, height, orientation } = read();
    return turned(width, height, orientation);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function jpegSize(bytes: Uint8Array): Size | undefined {
  const frame = [...segments(bytes)].find(({ marker }) => isFrame(marker));
  if (frame === undefined || frame.end - frame.start < 6) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + frame.start);
  return turned(view.getUint16(3), view.getUint16(1), jpegOrientation(bytes));
}

function turned(width: number, height: number, orientation: number): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
