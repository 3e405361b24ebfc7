/// <reference lib="dom" />
// What the page makes of files that are dropped on it.
import { decodeMask, type Mask } from "../../data/masks/mask.ts";
import { decodeImage, type Image, isKnown } from "../../data/images/image.ts";
import { resizeImage, resizeMask } from "../../data/images/resize.ts";
import { InputError } from "../../files/error.ts";

/** A mask that was read, and what was taken for granted about it. */
export interface RoughMask {
  /** The mask, of the size that was asked for. */
  readonly mask: Mask;
  /** What a person should know; "" where there is nothing. */
  readonly remark: string;
}

/** A photograph: as henka decodes it everywhere, of formats that it does not know as the browser does. */
export async function readPhotograph(file: File): Promise<Image> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isKnown(bytes)) return await decodeImage(bytes, file.name);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return await decodeImage(bytes, file.name); // which says what is wrong with it
  }
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.fillStyle = "white"; // what is transparent lies on it
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  const { data: rgba } = context.getImageData(0, 0, width, height);
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[3 * i + c] = rgba[4 * i + c];
  }
  return { width, height, data };
}

/** A photograph with at most `side` pixels a side. */
export function limited(image: Image, side: number): Image {
  const scale = side / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const shrunk = (length: number) => Math.max(1, Math.round(length * scale));
  return resizeImage(image, shrunk(image.width), shrunk(image.height));
}

/**
 * A rough mask for a photograph: a PNG of class indices, or one that is white on black.
 *
 * @throws {InputError} when it is neither, or is shaped otherwise than the photograph.
 */
export async function readRough(file: File, photograph: Image): Promise<RoughMask> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let [mask, remark]: [Mask, string] = [{ width: 0, height: 0, data: new Uint8Array() }, ""];
  try {
    mask = decodeMask(bytes, file.name);
  } catch (error) {
    const white = await whiteOnBlack(bytes, file.name);
    if (white === undefined) throw error;
    [mask, remark] = [white, "White was taken as the object, black as the background."];
  }
  const { width, height } = photograph;
  if (Math.abs(mask.width * height - mask.height * width) > 2 * Math.max(width, height)) {
    throw new InputError(
      `Cannot use the mask ${file.name}: it is ${mask.width} x ${mask.height}, but the photograph is ` +
        `${width} x ${height}. Give a mask of the photograph's shape.`,
    );
  }
  return { mask: resizeMask(mask, width, height), remark };
}

/** The mask of a picture that has two greys alone, of which the brighter is the object. */
async function whiteOnBlack(bytes: Uint8Array, name: string): Promise<Mask | undefined> {
  const picture = await decodeImage(bytes, name).catch(() => undefined);
  if (picture === undefined || new Set(picture.data).size !== 2) return undefined;
  const { width, height } = picture;
  const most = Math.max(...new Set(picture.data));
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    return picture.data[3 * i] === most ? 1 : 0;
  });
  return { width, height, data };
}
