/** libwebp's decoder as WebAssembly and what surrounds it, which are loaded with the first WebP. */
export async function webpCodec(): Promise<{ factory: unknown; bytes: Uint8Array<ArrayBuffer> }> {
  // @ts-ignore: the build writes it
  const [glue, text] = [await import("./webp_decoder.js"), await import("./webp_decoder_bytes.js")];
  const bytes = Uint8Array.from(atob(text.default), (letter) => letter.charCodeAt(0));
  return { factory: glue.default, bytes };
}
