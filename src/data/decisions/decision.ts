import * as z from "zod";

/** What a reviewer may answer about a region. */
export const CHOICES = [
  ...["advice", "knowledge", "method", "background"] as const,
  ...["drawn", "skip", "undo"] as const,
] as const;

/** One of {@linkcode CHOICES}; `drawn` is a correction by brush or fill. */
export type Choice = typeof CHOICES[number];

const count = z.int().min(0);

/** Connected pixels at which two masks differ in one way; all in pixels of the photograph. */
const region = z.strictObject({
  x: count.describe("First column"),
  y: count.describe("First row"),
  width: z.int().positive(),
  height: z.int().positive(),
  area: z.int().positive().describe("Pixels"),
  knowledge: count.max(255).describe("Class in the knowledge"),
  advice: count.max(255).describe("Class in the advice"),
});

/** Pixels that were given a class. */
const label = z.strictObject({
  class: count.max(254),
  name: z.string().describe("The class's name, as a check"),
  runs: z.array(count).describe("First pixel and number of pixels of each run, row by row"),
});

/** The schema of one line of a file of decisions. */
export const decisionSchema = z.strictObject({
  photograph: z.string().min(1),
  size: z.tuple([z.int().positive(), z.int().positive()]).describe("Width and height"),
  region,
  choice: z.enum(CHOICES),
  labels: z.array(label).describe("What became certain; nothing for skip and undo"),
  time: z.string(),
  reviewer: z.string(),
});

/** Where a region is, and what the two masks say there; it names the region in its photograph. */
export type RegionName = Readonly<z.output<typeof region>>;

/** Pixels of one class. */
export type Label = Readonly<z.output<typeof label>>;

/** One answer of a reviewer: one line of the file. */
export type Decision = Readonly<z.output<typeof decisionSchema>>;

/** A text that is the same for the same region of the same photograph, and for no other. */
export function keyOf({ photograph, region }: Pick<Decision, "photograph" | "region">): string {
  const { x, y, width, height, area, knowledge, advice } = region;
  return JSON.stringify([photograph, x, y, width, height, area, knowledge, advice]);
}

/** The runs of the pixels `u` of a picture for which `has(u)`, of `size` pixels, row by row. */
export function runsOf(size: number, has: (u: number) => boolean): number[] {
  const runs: number[] = [];
  for (let u = 0; u < size; u++) {
    if (!has(u)) continue;
    const start = u;
    while (u + 1 < size && has(u + 1)) u++;
    runs.push(start, u + 1 - start);
  }
  return runs;
}
