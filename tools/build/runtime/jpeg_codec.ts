/** The bytes of libjpeg-turbo's decoder as WebAssembly, which are loaded with the first JPEG. */
export async function jpegCodec(): Promise<Uint8Array<ArrayBuffer>> {
  // @ts-ignore: the build writes it
  return bytesOf((await import("./jpeg_decoder_bytes.js")).default);
}

/** The same with the encoder. */
export async function jpegEncoderCodec(): Promise<Uint8Array<ArrayBuffer>> {
  // @ts-ignore: the build writes it
  return bytesOf((await import("./jpeg_encoder_bytes.js")).default);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
