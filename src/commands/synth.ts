import { join } from "@std/path";
import * as z from "zod";
import { writeAtomic } from "../files/atomic.ts";
import { claimFolder } from "../files/claim_folder.ts";
import { InputError } from "../files/error.ts";
import { outputFolder } from "../files/output_folder.ts";
import { remove } from "../files/remove.ts";
import { writeCam } from "../data/scores/cam.ts";
import { writeImage } from "../data/images/image.ts";
import { writeMask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { scene } from "../data/synth/scene.ts";
import type { Scene } from "../data/synth/scene.ts";
import { className } from "../data/synth/appearance.ts";
import { command } from "../options/command.ts";
import type { Command, Context } from "../options/command.ts";
import { output } from "../options/outputs.ts";

const probability = z.number().min(0).max(1);
const scale = z.number().min(0.5).max(2);

const config = z.strictObject({
  out: output(z.string().min(1).default("data/synth").describe("Folder to write")),
  train: z.int().min(1).default(300).describe("Photographs of the list train"),
  val: z.int().min(0).default(100).describe("Photographs of the list val"),
  imageWidth: z.int().min(16).default(64).describe("Columns of a photograph"),
  imageHeight: z.int().min(16).default(64).describe("Rows of a photograph"),
  classCount: z.int().min(1).max(254).default(5).describe("Number of classes without background"),
  camouflage: probability.default(0.75).describe(
    "Probability that the background beside an object has its colour",
  ),
  twoToned: probability.default(0.4).describe("Probability that an object has two tones"),
  objectScale: z.tuple([scale, scale]).default([1, 1]).describe(
    "Least and greatest size of an object with its texture; 1 is the usual one",
  ),
  clutter: z.int().min(0).default(3).describe("Mean number of rectangles in the background"),
  contrast: z.number().min(0).max(128).default(13).describe("Contrast of the textures, 0..255"),
  noise: z.number().min(0).max(128).default(4).describe("Standard deviation of the noise, 0..255"),
  seed: z.int().min(0).default(1).describe("Seed of all random numbers"),
});

type Config = z.output<typeof config>;

/**
 * Writes a synthetic set in the layout of VOC: pictures, masks, lists, image labels, seeds in the
 * dictionaries of PSA, and `kinds.jsonl`, which says what makes each picture hard.
 */
export const synth: Command<typeof config> = command({
  name: "synth",
  summary: "Write a synthetic set: textured scenes with true masks, image labels and score maps.",
  example: "synth --out data/synth --train 300 --val 100",
  config,
  run: write,
});

const lists = join("ImageSets", "Segmentation");

/** The names of the pictures, masks, seeds and lists that this command writes. */
const ours = /^(train|val)(_\d{5,}\.(png|npy)|\.txt)$/;

async function write(options: Config, context: Context): Promise<void> {
  const { out, imageWidth: width, imageHeight: height, classCount, objectScale } = options;
  if (objectScale[0] > objectScale[1]) {
    throw new InputError(
      `Cannot use --object-scale ${
        objectScale.join(",")
      }: the least size comes first. Exchange them.`,
    );
  }
  const look = { ...options, width, height, classes: classCount };
  await prepare(options);
  const progress = context.progress("synth", options.train + options.val);
  const lines = { labels: "", kinds: "", train: "", val: "" };
  let done = 0;
  try {
    for (const part of ["train", "val"] as const) {
      for (let i = 0; i < options[part]; i++) {
        context.signal.throwIfAborted();
        const made = scene(new Random(options.seed).fork(part).fork(i), look);
        const id = `${part}_${String(i).padStart(5, "0")}`;
        await writeScene(out, id, made);
        lines[part] += `${id}\n`;
        lines.labels += `${[id, ...made.labels.map(className)].join(" ")}\n`;
        lines.kinds += `${JSON.stringify({ id, ...made.kinds })}\n`;
        progress.update(++done);
      }
    }
  } finally {
    progress.done();
  }
  const classes = Array.from({ length: classCount }, (_, i) => className(i + 1));
  await writeAtomic(join(out, "classes.txt"), ["background", ...classes].join("\n") + "\n");
  await writeAtomic(join(out, "image_labels.txt"), lines.labels);
  await writeAtomic(join(out, "kinds.jsonl"), lines.kinds);
  for (const part of ["train", "val"] as const) {
    if (options[part] > 0) await writeAtomic(join(out, lists, `${part}.txt`), lines[part]);
  }
  context.log(`${options.train} training and ${options.val} validation photographs in ${out}`);
}

async function writeScene(out: string, id: string, made: Scene): Promise<void> {
  await writeImage(join(out, "JPEGImages", `${id}.png`), made.image);
  await writeMask(join(out, "SegmentationClass", `${id}.png`), made.truth);
  await writeCam(join(out, "cam", `${id}.npy`), made.cam);
}

/**
 * Makes the folders, without the pictures and lists of an earlier set: the lists come back last, so
 * that a set that was interrupted is not taken for a whole one.
 * Throws InputError rather than mix with what this command did not write.
 */
async function prepare(options: Config): Promise<void> {
  const { out } = options;
  await claimFolder(out, "the synthetic set", "synth.json", options);
  for (const folder of ["JPEGImages", "SegmentationClass", "cam", lists]) {
    await outputFolder(join(out, folder));
    for (const { name } of await Array.fromAsync(Deno.readDir(join(out, folder)))) {
      if (ours.test(name)) await remove(join(out, folder, name));
    }
  }
}
