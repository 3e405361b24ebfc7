import { type Pool, ROW_BYTES, TEXEL_ROW } from "./pool.ts";
import type { Recorder } from "./recorder.ts";
import type { Storage } from "./storage.ts";

/** Brings values to where software drivers read them: from a storage's buffer to its texels. */
export class Copies {
  /** For one device. */
  constructor(readonly recorder: Recorder, readonly pool: Pool) {}

  /** The texels of a storage, with its values. */
  texels(storage: Storage): GPUTexture {
    if (storage.texels) return storage.texels;
    const texture = storage.texels = this.pool.takeTexels(storage);
    const encoder = this.recorder.encoder();
    for (const { y, size, bytes } of parts(storage.bytes)) {
      const buffer = {
        buffer: storage.buffer,
        offset: storage.offset + bytes,
        bytesPerRow: ROW_BYTES,
      };
      encoder.copyBufferToTexture(buffer, { texture, origin: [0, y] }, size);
    }
    storage.epoch = this.recorder.epoch;
    return texture;
  }
}

/** The whole rows of so many bytes, and what is left over. */
function parts(bytes: number): { y: number; size: [number, number]; bytes: number }[] {
  const rows = Math.floor(bytes / ROW_BYTES);
  const rest = (bytes - rows * ROW_BYTES) / 16;
  return [
    { y: 0, size: [TEXEL_ROW, rows] as [number, number], bytes: 0 },
    { y: rows, size: [rest, 1] as [number, number], bytes: rows * ROW_BYTES },
  ].filter(({ size: [width, height] }) => width * height > 0);
}
