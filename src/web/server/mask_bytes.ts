import type { Mask } from "../../data/masks/mask.ts";

/** A mask for a page: width and height, 32 bits each with the lowest first, then one byte a pixel. */
export function maskBytes({ width, height, data }: Mask): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + data.length);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, width, true);
  head.setUint32(4, height, true);
  bytes.set(data, 8);
  return bytes;
}
