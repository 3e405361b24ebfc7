import { segments } from "./jpeg_segments.ts";

/** The orientation of a JPEG, 1..8; see `orientationOf`. */
export function jpegOrientation(jpeg: Uint8Array): number {
  const app1 = [...segments(jpeg)].filter(({ marker }) => marker === 0xe1)
    .map(({ start, end }) => jpeg.subarray(start, end));
  const xmp = app1.find((content) => begins(content, "http://ns.adobe.com/xap/1.0/\0"));
  return orientationOf(
    app1.find((content) => begins(content, EXIF)),
    xmp && new TextDecoder().decode(xmp),
  );
}

const EXIF = "Exif\0\0";

/**
 * How the camera was held, 1..8, by a photograph's EXIF data, and where those do not say by its XMP.
 * 1, upright, when nothing is said or it makes no sense (Exif 2.3, tag 0x0112 of the first directory).
 */
export function orientationOf(exif?: Uint8Array, xmp?: string): number {
  const tiff = exif && begins(exif, EXIF) ? exif.subarray(EXIF.length) : exif;
  const value = (tiff && tagOf(tiff)) ??
    Number(/tiff:Orientation(?:="|>)([0-9])/.exec(xmp ?? "")?.[1]);
  return value >= 1 && value <= 8 ? value : 1;
}

/** Whether the bytes begin with a text of ASCII. */
export function begins(bytes: Uint8Array, text: string): boolean {
  return text.split("").every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/** The value of the tag; undefined where there is none, or an offset leads out of the data. */
function tagOf(bytes: Uint8Array): number | undefined {
  const tiff = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const order = tiff.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return undefined;
    const little = order === 0x4949;
    const directory = tiff.getUint32(4, little);
    const entries = tiff.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + 12 * i;
      if (tiff.getUint16(entry, little) !== 0x0112) continue;
      const long = tiff.getUint16(entry + 2, little) === 4; // some programs write 32 bits
      return long ? tiff.getUint32(entry + 8, little) : tiff.getUint16(entry + 8, little);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/**
 * Pixels of any number of samples turned upright: `orientation` as `orientationOf` gives it; 5..8 swap
 * the sides.
 */
export function upright<T extends Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: T },
  orientation: number,
): { width: number; height: number; data: T } {
  if (orientation === 1) return { width, height, data };
  const swapped = orientation >= 5;
  const [w, h] = swapped ? [height, width] : [width, height];
  const right = [2, 3, 7, 8].includes(orientation); // the stored columns run from the far side
  const bottom = [3, 4, 6, 7].includes(orientation);
  const turned = data.slice() as T;
  const channels = data.length / (width * height);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [u, v] = swapped ? [y, x] : [x, y];
      const pixel = (bottom ? height - 1 - v : v) * width + (right ? width - 1 - u : u);
      for (let c = 0; c < channels; c++) turned[to++] = data[channels * pixel + c];
    }
  }
  return { width: w, height: h, data: turned };
}
