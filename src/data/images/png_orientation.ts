import { inflate } from "../../files/inflate.ts";
import { begins, orientationOf } from "./orientation.ts";
import type { Chunk } from "./png_chunks.ts";

/**
 * The orientation of a PNG, 1..8: of its chunk eXIf, of the text that ImageMagick wrote before there
 * was one, or of Adobe's XMP. What cannot be read says nothing.
 */
export function pngOrientation(chunks: readonly Chunk[]): number {
  const exif = chunks.find(({ type }) => type === "eXIf")?.content;
  return orientationOf(exif ?? rawProfile(chunks), textOf(chunks, "XML:com.adobe.xmp"));
}

/** EXIF in hexadecimal, after a line each of nothing, its name, and its length. */
function rawProfile(chunks: readonly Chunk[]): Uint8Array | undefined {
  const lines = textOf(chunks, "Raw profile type exif")?.split("\n").slice(3);
  try {
    return lines && Uint8Array.fromHex(lines.join(""));
  } catch {
    return undefined;
  }
}

/** The text of that name, with the flags that some kinds of text begin with. */
function textOf(chunks: readonly Chunk[], name: string): string | undefined {
  for (const { type, content } of chunks) {
    if (!["tEXt", "zTXt", "iTXt"].includes(type) || !begins(content, `${name}\0`)) continue;
    const rest = content.subarray(name.length + 1);
    const text = type === "zTXt" ? unpacked(rest.subarray(1)) : rest;
    return text && new TextDecoder().decode(text);
  }
  return undefined;
}

/** EXIF has at most 64 KiB: what unpacks to more than that in hexadecimal is none. */
function unpacked(packed: Uint8Array): Uint8Array | undefined {
  try {
    return inflate(packed, 2 ** 18, "zlib");
  } catch {
    return undefined;
  }
}
