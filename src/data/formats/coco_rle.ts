import type { Mask } from "../masks/mask.ts";

/** Runs of COCO: how many pixels are outside, inside, outside and so on, column by column. */
export type Runs = readonly number[];

/**
 * Paints runs into a mask. Throws SyntaxError with the bare reason when they do not fill it exactly.
 */
export function paintRuns({ width, height, data }: Mask, runs: Runs, value: number): void {
  const total = runs.reduce((sum, run) => sum + run, 0);
  if (runs.some((run) => !Number.isInteger(run) || run < 0) || total !== data.length) {
    throw new SyntaxError(`its runs make ${total} pixels, not ${width} x ${height}`);
  }
  let at = 0;
  runs.forEach((run, i) => {
    if (i % 2 === 1) {
      for (let u = at; u < at + run; u++) {
        data[(u % height) * width + Math.floor(u / height)] = value;
      }
    }
    at += run;
  });
}

/** The runs of one value of a mask. */
export function runsOf({ width, height, data }: Mask, value: number): Runs {
  const runs: number[] = [];
  let [inside, run] = [false, 0];
  for (let u = 0; u < data.length; u++) {
    const here = data[(u % height) * width + Math.floor(u / height)] === value;
    if (here !== inside) {
      runs.push(run);
      [inside, run] = [here, 0];
    }
    run++;
  }
  runs.push(run);
  return runs;
}

/**
 * Runs out of COCO's text: each is written in pieces of five bits, the lowest first, from the third on
 * less the one before the last. Throws SyntaxError with the bare reason when it is damaged.
 */
export function parseRuns(text: string): Runs {
  const runs: number[] = [];
  for (let at = 0; at < text.length;) {
    let [value, shift, more] = [0, 0, true];
    while (more) {
      const piece = text.charCodeAt(at++) - 48;
      if (!(piece >= 0 && piece < 64) || shift > 45) throw new SyntaxError("its runs are damaged");
      value += (piece & 31) * 2 ** shift;
      more = (piece & 32) !== 0;
      shift += 5;
      if (!more && (piece & 16) !== 0) value -= 2 ** shift;
    }
    if (runs.length > 2) value += runs[runs.length - 2];
    runs.push(value);
  }
  return runs;
}

/** Runs as COCO's text, which {@linkcode parseRuns} reads. */
export function writeRuns(runs: Runs): string {
  let text = "";
  runs.forEach((run, i) => {
    let value = i > 2 ? run - runs[i - 2] : run;
    for (let more = true; more;) {
      let piece = value & 31;
      value >>= 5;
      more = (piece & 16) !== 0 ? value !== -1 : value !== 0;
      if (more) piece |= 32;
      text += String.fromCharCode(piece + 48);
    }
  });
  return text;
}
