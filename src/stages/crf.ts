import { join } from "@std/path";
import * as z from "zod";
import { DenseCrf, unaryFromLabels, unaryFromProbabilities } from "../crf/mod.ts";
import { readCam } from "../data/cam.ts";
import { InputError } from "../data/error.ts";
import { type Image, readImage } from "../data/image.ts";
import { type Mask, readMask, writeMask } from "../data/mask.ts";
import { resizeMaps } from "../data/resize.ts";
import { parseShard, shardOf, shardOption, unfinished } from "../pipeline/shard.ts";
import { type Context, type Stage, stage } from "../pipeline/stage.ts";
import { compareMasks, type MaskChanges } from "./mask_changes.ts";

const config = z.strictObject({
  images: z.string().min(1).describe("Folder of photographs, JPEG or PNG"),
  masks: z.string().optional().describe("Folder of masks (ID.png); void pixels count as unknown"),
  scores: z.string().optional().describe("Folder of score maps (ID.npy), PSA's dictionaries"),
  out: z.string().min(1).describe("Folder to write palette PNGs to; finished ones are skipped"),
  keys: z.enum(["foreground", "classes"]).default("foreground")
    .describe("What key 0 of the scores is: the first class, or the background"),
  backgroundPower: z.number().positive().default(4)
    .describe("Where scores have no background, it is (1 - highest score)^power"),
  certainty: z.number().gt(0).lt(1).default(0.7).describe(
    "Probability that a mask's label is right",
  ),
  iterations: z.int().min(0).max(1000).default(10).describe("Mean-field iterations"),
  smoothWidth: z.number().positive().default(3).describe("Width of the smoothness kernel, pixels"),
  smoothWeight: z.number().min(0).default(3).describe("Weight of the smoothness kernel"),
  width: z.number().positive().default(80)
    .describe("Width in space of the appearance kernel, pixels"),
  colourWidth: z.number().positive().default(13)
    .describe("Width in colour of the appearance kernel, of 255"),
  weight: z.number().min(0).default(10).describe("Weight of the appearance kernel"),
  compare: z.boolean().default(false).describe("Print how many pixels changed, class by class"),
  shard: shardOption,
});

type Config = z.output<typeof config>;

/** One photograph and its files. */
interface Item {
  readonly id: string;
  readonly image: string;
  readonly input: string;
  readonly output: string;
}

/** Energies of the classes that an image can show, and its labels before the CRF. */
interface Prior {
  readonly classes: readonly number[];
  readonly energies: Float32Array<ArrayBuffer>;
  readonly before: Uint8Array<ArrayBuffer>;
}

/** Applies the dense CRF to a folder of masks or score maps and writes palette PNGs. */
export const crf: Stage<typeof config> = stage({
  command: "crf",
  summary: "Apply the dense CRF to a folder of masks or score maps.",
  example: "crf --images set/JPEGImages --masks set/seeds --out refined --compare",
  config,
  run: apply,
});

async function apply(options: Config, context: Context): Promise<void> {
  const shard = parseShard(options.shard);
  const all = shardOf(await findItems(options), shard);
  const missing = await unfinished(all, ({ output }) => output);
  const changes: MaskChanges = new Map();
  if (missing.length > 0) {
    await Deno.mkdir(options.out, { recursive: true });
    using dense = new DenseCrf(await context.device(), crfOptions(options));
    let done = all.length - missing.length;
    const progress = context.progress("crf", all.length, done);
    try {
      for (const item of missing) {
        context.signal.throwIfAborted();
        const before = await applyTo(item, dense, options);
        if (options.compare) await compareWith(item, before, changes);
        progress.update(++done, item.id);
      }
    } finally {
      progress.done();
    }
  }
  if (options.compare) await compareFinished(all, missing, changes, options);
  context.log(
    `${missing.length} masks written to ${options.out}` +
      (all.length > missing.length ? `, ${all.length - missing.length} were there` : ""),
  );
  if (options.compare) { for (const line of changeTable(changes)) context.log(line); }
}

function crfOptions(options: Config) {
  const { iterations, smoothWidth, smoothWeight, width, colourWidth, weight } = options;
  return {
    iterations,
    gaussian: smoothWeight > 0 ? [{ sxy: smoothWidth, compat: smoothWeight }] : [],
    bilateral: weight > 0 ? [{ sxy: width, srgb: colourWidth, compat: weight }] : [],
  };
}

/** Writes one mask; returns the labels before. */
async function applyTo(item: Item, dense: DenseCrf, options: Config): Promise<Mask> {
  const image = await readImage(item.image);
  const prior = options.scores
    ? await priorOfScores(item, image, options)
    : await priorOfMask(item, image, options);
  const { width, height } = image;
  const { classes, energies, before } = prior;
  // With one class, or none, there is nothing to decide.
  let data = before;
  if (classes.length === 1) data = new Uint8Array(width * height).fill(classes[0]);
  if (classes.length > 1) {
    data = (await dense.labels(image, energies)).map((label) => classes[label]);
  }
  await writeMask(item.output, { width, height, data });
  return { width, height, data: before };
}

async function priorOfMask(item: Item, image: Image, options: Config): Promise<Prior> {
  const mask = await readMask(item.input);
  requireSize(item.input, mask, image);
  const classes = [...new Set(mask.data)].filter((c) => c !== 255).sort((a, b) => a - b);
  const index = new Uint8Array(256).fill(255);
  classes.forEach((c, i) => index[c] = i);
  const energies = classes.length > 1
    ? unaryFromLabels(mask.data.map((c) => index[c]), classes.length, options)
    : new Float32Array();
  return { classes, energies, before: mask.data };
}

async function priorOfScores(item: Item, image: Image, options: Config): Promise<Prior> {
  const maps = await readCam(item.input, { keys: options.keys });
  const { width, height } = image;
  const pixels = width * height;
  const background = !maps.has(0);
  const classes = background ? [0, ...maps.keys()] : [...maps.keys()];
  const scores = new Float32Array(classes.length * pixels);
  classes.forEach((c, i) => {
    const map = maps.get(c);
    if (!map) return;
    const plane = resizeMaps(map.data, 1, map.height, map.width, height, width);
    scores.set(plane.map((score) => Math.max(0, score)), i * pixels);
  });
  const before = new Uint8Array(pixels);
  for (let p = 0; p < pixels; p++) {
    let best = 0;
    for (let i = 1; i < classes.length; i++) {
      if (scores[i * pixels + p] > scores[best * pixels + p]) best = i;
    }
    if (background) {
      const own = Math.max(0, 1 - scores[best * pixels + p]) ** options.backgroundPower;
      scores[p] = own;
      if (own >= scores[best * pixels + p]) best = 0;
    }
    before[p] = classes[best];
  }
  return { classes, energies: unaryFromProbabilities(scores), before };
}

function requireSize(path: string, mask: Mask, image: Image): void {
  if (mask.width === image.width && mask.height === image.height) return;
  throw new InputError(
    `Cannot use the mask ${path}: it is ${mask.width}x${mask.height}, and its image is ` +
      `${image.width}x${image.height}. Give masks of the image's size.`,
  );
}

async function findItems({ images, masks, scores, out }: Config): Promise<Item[]> {
  if (!masks === !scores) {
    throw new InputError("Cannot apply the CRF: give either --masks or --scores, a folder.");
  }
  const [folder, extension] = masks ? [masks, ".png"] : [scores!, ".npy"];
  const inputs = await names(folder);
  const items: Item[] = [];
  for (const name of await names(images)) {
    const id = /^(.+)\.(jpe?g|png)$/i.exec(name)?.[1];
    if (!id || name.startsWith(".") || !inputs.has(id + extension)) continue;
    items.push({
      id,
      image: join(images, name),
      input: join(folder, id + extension),
      output: join(out, `${id}.png`),
    });
  }
  if (items.length === 0) {
    throw new InputError(
      `Cannot apply the CRF: no image of ${images} has a file ID${extension} in ${folder}. ` +
        "Name them alike.",
    );
  }
  if (masks && await sameFolder(masks, out)) {
    throw new InputError(`Cannot write to ${out}: the masks are there. Give another folder.`);
  }
  return items.sort((a, b) => a.id < b.id ? -1 : 1);
}

async function names(folder: string): Promise<Set<string>> {
  try {
    return new Set((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name));
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof NotADirectory)) throw error;
    throw new InputError(`Cannot read the folder ${folder}: there is none. Check its name.`);
  }
}

async function sameFolder(a: string, b: string): Promise<boolean> {
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  return await real(a) === await real(b);
}

async function compareWith({ output }: Item, before: Mask, changes: MaskChanges): Promise<void> {
  compareMasks(before, await readMask(output), changes);
}

/** Masks of earlier runs count in the comparison too, where the labels before are in a file. */
async function compareFinished(
  all: readonly Item[],
  missing: readonly Item[],
  changes: MaskChanges,
  { masks }: Config,
): Promise<void> {
  if (!masks) return;
  const written = new Set(missing);
  for (const item of all) {
    if (!written.has(item)) await compareWith(item, await readMask(item.input), changes);
  }
}

function* changeTable(changes: MaskChanges): Generator<string> {
  yield `${"class".padEnd(8)}${"before".padStart(12)}${"after".padStart(12)}` +
    `${"gained".padStart(12)}${"lost".padStart(12)}`;
  for (const [index, { before, after, kept }] of [...changes].sort(([a], [b]) => a - b)) {
    yield (index === 255 ? "void" : String(index)).padEnd(8) +
      [before, after, after - kept, before - kept].map((n) => String(n).padStart(12)).join("");
  }
}
