import { readBytes } from "../../files/read_bytes.ts";

/** The bytes of libjpeg-turbo as WebAssembly; builds for browsers have another module in this place. */
export async function jpegCodec(): Promise<Uint8Array<ArrayBuffer>> {
  return await readBytes(
    new URL(import.meta.resolve("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm")),
  );
}
