/// <reference lib="dom" />
// Draws a photograph under two masks: left of a line the rough one, right of it the better one.
import type { Image } from "../../data/images/image.ts";
import { type Mask, vocPalette } from "../../data/masks/mask.ts";

/** What is drawn. */
export interface Shown {
  /** The photograph. */
  readonly photograph: Image;
  /** The mask before, if there is one. */
  readonly before?: Mask;
  /** The mask after, if there is one. */
  readonly after?: Mask;
  /** The share of the width that shows the mask before, 0..1. */
  readonly wipe: number;
  /** How much the masks cover, 0..1. */
  readonly opacity: number;
}

/** The colour in which a class is shown on a page. */
export function colourOf(label: number): string {
  return `rgb(${vocPalette[label].join(" ")})`;
}

/** Draws on a canvas, whose pixels become those of the photograph. */
export function draw(canvas: HTMLCanvasElement, shown: Shown): void {
  const { photograph: { width, height, data }, before, after, opacity } = shown;
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
  }
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(width, height);
  const line = Math.round(shown.wipe * width);
  const scribbled = before?.data.includes(255) === true;
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const mask = x < line ? before : after ?? before;
    const label = mask?.data[i] ?? 255;
    const covers = label === 0 || label === 255 ? 0 : opacity;
    const edge = mask !== undefined && label !== 255 && isEdge(mask, i, x);
    for (let c = 0; c < 3; c++) {
      const own = data[3 * i + c];
      const colour = edge ? 255 : vocPalette[label][c];
      // Scribbles of the background are darkened, because it has no colour that could be laid on it.
      const dim = scribbled && mask === before && label === 0 ? 0.5 : 1;
      picture.data[4 * i + c] = own * dim + (colour - own * dim) * (edge ? 0.8 : covers);
    }
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  if (after !== undefined && line > 0 && line < width) {
    context.fillStyle = "white";
    context.fillRect(line - 1, 0, 2, height);
  }
}

/** Whether a pixel has another label than the one right of it or below it. */
function isEdge({ width, height, data }: Mask, i: number, x: number): boolean {
  const [right, below] = [data[i + 1], data[i + width]];
  return x + 1 < width && right !== data[i] && right !== 255 ||
    i + width < width * height && below !== data[i] && below !== 255;
}
