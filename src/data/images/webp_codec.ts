import factory from "@jsquash/webp/codec/dec/webp_dec.js";
import { readBytes } from "../../files/read_bytes.ts";

/** What makes the module of a codec around its WebAssembly. */
export type WebpFactory = (settings: unknown) => Promise<{
  decode(bytes: Uint8Array): { width: number; height: number; data: Uint8ClampedArray } | null;
}>;

/** libwebp as WebAssembly, and what surrounds it; builds for browsers have another module in this place. */
export async function webpCodec(): Promise<
  { factory: WebpFactory; bytes: Uint8Array<ArrayBuffer> }
> {
  const url = new URL(import.meta.resolve("@jsquash/webp/codec/dec/webp_dec.wasm"));
  return { factory: factory as unknown as WebpFactory, bytes: await readBytes(url) };
}
