// What the widths of the dense CRF do to one mask, as a sheet of pictures:
// `deno run -A tools/crf_sheet.ts --image a.jpg --mask a.png --out sheet.png`, with
// `--widths 10,30,80 --colour-widths 4,13,40` for its columns and rows and `--iterations 10`.
import { parseArgs } from "@std/cli/parse-args";
import { denseCrfLabels, unaryFromProbabilities } from "../src/crf/mod.ts";
import { type Image, readImage, writeImage } from "../src/data/images/image.ts";
import { type Mask, readMask, vocPalette } from "../src/data/masks/mask.ts";
import { enlarge, named, type Picture } from "../src/data/images/picture.ts";
import { sheet } from "../src/data/images/sheet.ts";
import { bestClasses, maskStack, type ScoreStack } from "../src/data/scores/score_stack.ts";
import { Device } from "../src/gpu/mod.ts";

/** What a sheet shows. */
export interface SheetOptions {
  /** The columns: widths in space of the appearance kernel, pixels. */
  readonly widths: readonly number[];
  /** The rows: its widths in colour, of 255. */
  readonly colourWidths: readonly number[];
  /** Mean-field iterations. */
  readonly iterations: number;
}

/** The photograph with a mask over it, half transparent, background clear. */
export function overlay(image: Image, mask: Mask): Image {
  const data = Uint8Array.from(image.data, (v, i) => {
    const c = mask.data[Math.floor(i / 3)];
    return c === 0 ? v : Math.round(0.45 * v + 0.55 * vocPalette[c][i % 3]);
  });
  return { ...image, data };
}

/** The mask that the dense CRF makes of scores. */
export async function refined(
  device: Device,
  image: Image,
  { classes, scores }: ScoreStack,
  sxy: number,
  srgb: number,
  iterations: number,
): Promise<Mask> {
  const bilateral = [{ sxy, srgb, compat: 10 }];
  const unary = unaryFromProbabilities(scores);
  const labels = await denseCrfLabels(device, image, unary, { bilateral, iterations });
  const { width, height } = image;
  return { width, height, data: labels.map((label) => classes[label]) };
}

/** The mask before, and below it a row for each width in colour, a column for each in space. */
export async function contactSheet(
  device: Device,
  image: Image,
  stack: ScoreStack,
  { widths, colourWidths, iterations }: SheetOptions,
  ...beside: readonly Picture[]
): Promise<Image> {
  const before = overlay(image, bestClasses(stack, image));
  const rows: Picture[][] = [[named(image, "photograph"), named(before, "mask before"), ...beside]];
  for (const srgb of colourWidths) {
    const row: Picture[] = [];
    for (const sxy of widths) {
      const after = overlay(image, await refined(device, image, stack, sxy, srgb, iterations));
      row.push(named(after, `space ${sxy}, colour ${srgb}`));
    }
    rows.push(row);
  }
  const times = Math.max(1, Math.round(288 / image.width));
  return sheet(rows.map((row) => row.map((picture) => enlarge(picture, times))));
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["image", "mask", "out", "widths", "colour-widths", "iterations", "certainty"],
  });
  const text = (name: string, usual = "") => flags[name] === undefined ? usual : `${flags[name]}`;
  if (!flags.image || !flags.mask) {
    console.error("Cannot make a sheet: give --image, a photograph, and --mask, its mask.");
    Deno.exit(2);
  }
  const numbers = (list: string) => list.split(",").map(Number);
  const image = await readImage(text("image"));
  const mask = await readMask(text("mask"));
  const classes = [...new Set(mask.data)].filter((c) => c !== 255).sort((a, b) => a - b);
  using device = await Device.open();
  const stack = maskStack(mask, classes, Number(text("certainty", "0.7")));
  const made = await contactSheet(device, image, stack, {
    widths: numbers(text("widths", "10,30,80")),
    colourWidths: numbers(text("colour-widths", "4,13,40")),
    iterations: Number(text("iterations", "10")),
  });
  await writeImage(text("out", "sheet.png"), made);
}
