/** The bytes of libjpeg-turbo as WebAssembly, which are loaded with the first JPEG. */
export async function jpegCodec(): Promise<Uint8Array<ArrayBuffer>> {
  // @ts-ignore: the build writes it
  const { default: text } = await import("./jpeg_codec_bytes.js");
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
