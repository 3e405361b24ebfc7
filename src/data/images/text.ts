import { letterHeight, lettersPng, letterWidths } from "./letters.ts";
import type { Image } from "./image.ts";
import { decodePng } from "./png.ts";

/** Rows of a line of text. */
export const lineHeight: number = letterHeight;

/** Where letters are in their picture. */
interface Letter {
  readonly left: number;
  readonly width: number;
}

let read: { letters: readonly Letter[]; wide: number; samples: ArrayLike<number> } | undefined;

function known() {
  if (read) return read;
  let left = 0;
  const letters = letterWidths.map((width) => {
    left += width;
    return { left: left - width, width };
  });
  const { width: wide, samples } = decodePng(Uint8Array.fromBase64(lettersPng));
  return read = { letters, wide, samples };
}

/** The letter of a sign: what is not drawn is a question mark, and a space that does not break a space. */
function letterOf(sign: string): Letter {
  const { letters } = known();
  if (sign === "\u00a0") return letters[0];
  const code = sign.codePointAt(0)!;
  const place = code < 0x7f ? code - 0x20 : code - 0xa1 + 0x5f;
  return letters[code >= 0x7f && code < 0xa1 ? 0x1f : place] ?? letters[0x1f];
}

/** The columns that a line of text takes. */
export function textWidth(text: string): number {
  return [...text.normalize("NFC")].reduce((sum, sign) => sum + letterOf(sign).width, 0);
}

/** Draws a line of black text into an image, its upper left corner at (x, y); what is outside is cut off. */
export function drawText({ width, height, data }: Image, text: string, x: number, y: number): void {
  const { wide, samples } = known();
  let at = x;
  for (const sign of text.normalize("NFC")) {
    const letter = letterOf(sign);
    for (let row = 0; row < letterHeight && y + row < height; row++) {
      for (let column = 0; column < letter.width && at + column < width; column++) {
        const ink = samples[row * wide + letter.left + column];
        const u = 3 * ((y + row) * width + at + column);
        for (let c = 0; c < 3; c++) data[u + c] = data[u + c] * (255 - ink) / 255;
      }
    }
    at += letter.width;
  }
}

/** The words of a text in lines that are no wider than so many columns, as far as the words allow. */
export function linesWithin(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? undefined : `${last} ${word}`;
    if (longer !== undefined && textWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
