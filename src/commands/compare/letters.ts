import type { Image } from "../../data/images/image.ts";

/** Columns from one letter to the next, at scale 1. */
export const LETTER_WIDTH = 6;
/** Rows of a letter, at scale 1. */
export const LETTER_HEIGHT = 7;

/** The rows of each letter, five columns wide. */
const glyphs: Readonly<Record<string, string>> = {
  A: ".###. #...# #...# ##### #...# #...# #...#",
  B: "####. #...# #...# ####. #...# #...# ####.",
  C: ".#### #.... #.... #.... #.... #.... .####",
  D: "####. #...# #...# #...# #...# #...# ####.",
  E: "##### #.... #.... ####. #.... #.... #####",
  F: "##### #.... #.... ####. #.... #.... #....",
  G: ".#### #.... #.... #.### #...# #...# .####",
  H: "#...# #...# #...# ##### #...# #...# #...#",
  I: ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###.",
  J: "..### ...#. ...#. ...#. ...#. #..#. .##..",
  K: "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
  L: "#.... #.... #.... #.... #.... #.... #####",
  M: "#...# ##.## #.#.# #.#.# #...# #...# #...#",
  N: "#...# ##..# ##..# #.#.# #..## #..## #...#",
  O: ".###. #...# #...# #...# #...# #...# .###.",
  P: "####. #...# #...# ####. #.... #.... #....",
  Q: ".###. #...# #...# #...# #.#.# #..#. .##.#",
  R: "####. #...# #...# ####. #.#.. #..#. #...#",
  S: ".#### #.... #.... .###. ....# ....# ####.",
  T: "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
  U: "#...# #...# #...# #...# #...# #...# .###.",
  V: "#...# #...# #...# #...# .#.#. .#.#. ..#..",
  W: "#...# #...# #...# #.#.# #.#.# ##.## #...#",
  X: "#...# .#.#. .#.#. ..#.. .#.#. .#.#. #...#",
  Y: "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
  Z: "##### ....# ...#. ..#.. .#... #.... #####",
  0: ".###. #...# #..## #.#.# ##..# #...# .###.",
  1: "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
  2: ".###. #...# ....# ..##. .#... #.... #####",
  3: "####. ....# ....# .###. ....# ....# ####.",
  4: "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
  5: "##### #.... ####. ....# ....# #...# .###.",
  6: ".###. #.... #.... ####. #...# #...# .###.",
  7: "##### ....# ...#. ..#.. ..#.. .#... .#...",
  8: ".###. #...# #...# .###. #...# #...# .###.",
  9: ".###. #...# #...# .#### ....# ....# .###.",
  "-": "..... ..... ..... .###. ..... ..... .....",
  "+": "..... ..#.. ..#.. ##### ..#.. ..#.. .....",
  "=": "..... ..... ##### ..... ##### ..... .....",
  ".": "..... ..... ..... ..... ..... .##.. .##..",
  ",": "..... ..... ..... ..... .##.. ..#.. .#...",
  ":": "..... .##.. .##.. ..... .##.. .##.. .....",
  "%": "##..# ##..# ...#. ..#.. .#... #..## #..##",
  "/": "....# ....# ...#. ..#.. .#... #.... #....",
  "(": "...#. ..#.. .#... .#... .#... ..#.. ...#.",
  ")": ".#... ..#.. ...#. ...#. ...#. ..#.. .#...",
  "^": "..#.. .#.#. #...# ..... ..... ..... .....",
  _: "..... ..... ..... ..... ..... ..... #####",
  "?": ".###. #...# ....# ..##. ..#.. ..... ..#..",
  " ": "..... ..... ..... ..... ..... ..... .....",
};

/** A colour, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** How wide a text is, in pixels. */
export function textWidth(text: string, scale = 1): number {
  return Math.max(0, text.length * LETTER_WIDTH - 1) * scale;
}

/**
 * Writes a text into an image, in place, with its upper left corner at (x, y): capitals, digits and a
 * few signs; what has no letter is a question mark. What lies beyond the image is left out.
 */
export function drawText(
  image: Image,
  text: string,
  [x, y]: readonly [x: number, y: number],
  colour: Colour = [0, 0, 0],
  scale = 1,
): void {
  [...text.toUpperCase()].forEach((letter, i) => {
    const rows = (glyphs[letter] ?? glyphs["?"]).split(" ");
    rows.forEach((row, down) =>
      [...row].forEach((dot, across) => {
        if (dot !== "#") return;
        const [left, top] = [x + (i * LETTER_WIDTH + across) * scale, y + down * scale];
        fillBox(image, [left, top, left + scale, top + scale], colour);
      })
    );
  });
}

/** Fills the pixels of a box, in place; its right and lower edges are not in it. */
export function fillBox(
  { width, height, data }: Image,
  [left, top, right, bottom]: readonly [number, number, number, number],
  colour: Colour,
): void {
  for (let y = Math.max(0, Math.round(top)); y < Math.min(height, Math.round(bottom)); y++) {
    for (let x = Math.max(0, Math.round(left)); x < Math.min(width, Math.round(right)); x++) {
      data.set(colour, 3 * (y * width + x));
    }
  }
}
