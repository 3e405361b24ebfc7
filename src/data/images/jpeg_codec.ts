import { readBytes } from "../../files/read_bytes.ts";

/** The bytes of libjpeg-turbo as WebAssembly; builds for browsers have another module in this place. */
export async function jpegCodec(): Promise<Uint8Array<ArrayBuffer>> {
  return await readBytes(
    new URL(import.meta.resolve("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm")),
  );
}

/** The same with the encoder, which is of no use to browsers: they have their own. */
export async function jpegEncoderCodec(): Promise<Uint8Array<ArrayBuffer>> {
  return await readBytes(
    new URL(import.meta.resolve("@cornerstonejs/codec-libjpeg-turbo-8bit/wasm")),
  );
}
