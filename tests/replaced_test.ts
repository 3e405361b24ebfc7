// Photographs, maps and labels that are replaced under their old names, through the commands themselves.
import { assert, assertEquals } from "@std/assert";
import { cam } from "../src/commands/cam.ts";
import { crf } from "../src/commands/crf.ts";
import { segment } from "../src/commands/segment.ts";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { walk } from "../src/commands/walk.ts";
import type { Command } from "../src/options/command.ts";
import { bytes, contextOf, ids, inFolder } from "./training.ts";

const small = { width: 4, depth: 1, imageSize: 32, epochs: 1, batch: 4, crfIterations: 1 };

/** Runs a command with those of the small options that it has; how many `label` were done. */
async function run(command: Command, options: object, label?: string): Promise<number> {
  const { shape } = command.config as unknown as { readonly shape: object };
  const own = Object.entries(small).filter(([key]) => key in shape);
  let done = 0;
  const update = (what: string) => void (done += Number(what === label));
  const config = command.config.parse({ ...Object.fromEntries(own), ...options });
  await command.run(config, contextOf({ update }));
  return done;
}

/** Puts the content of one file in the place of another, with a time long ago. */
async function replace(path: string, by: string): Promise<void> {
  await Deno.copyFile(by, path);
  await Deno.utime(path, 1e9, 1e9);
}

Deno.test("what was made of a photograph that was replaced is made again, from maps to masks", () =>
  inFolder(async (at) => {
    const data = at("set");
    await run(trainClassifier, { data, out: at("classifier") });
    await run(trainSegmenter, { data, masks: "SegmentationClass", out: at("segmenter") });
    const affinity = { data, scores: at("cam"), out: at("affinity"), gridStride: 4, radius: 3 };
    const made = async () => [
      await run(cam, { run: at("classifier"), out: at("cam"), mapStride: 2 }, "activation maps"),
      await run(trainAffinity, { ...affinity, resume: true }, "labels"),
      await run(walk, { run: at("affinity"), out: at("walk"), crf: false }, "walk"),
      await run(crf, { images: at("set/JPEGImages"), scores: at("cam"), out: at("crf") }, "crf"),
      await run(segment, { run: at("segmenter"), data, out: at("masks") }, "segment"),
    ];
    assertEquals(await made(), [8, 8, 8, 8, 8]);
    assertEquals(await made(), [0, 0, 0, 0, 0]);
    const paths = ["cam/.npy", "walk/.npy", "walk/masks/.png", "crf/.png", "masks/.png"];
    const outputs = (id: string) =>
      Promise.all(paths.map((path) => bytes(at(path.replace("/.", `/${id}.`)))));
    const before = await outputs(ids[2]);
    await replace(at(`set/JPEGImages/${ids[2]}.png`), at(`set/JPEGImages/${ids[5]}.png`));
    assertEquals(await made(), [1, 1, 1, 1, 1]);
    assertEquals(await made(), [0, 0, 0, 0, 0]);
    const after = await outputs(ids[2]);
    after.forEach((file, i) => assert(`${file}` !== `${before[i]}`, paths[i]));
    // A map of another program, and labels that were corrected.
    await replace(at(`cam/${ids[1]}.npy`), at(`set/cam/${ids[1]}.npy`));
    assertEquals(await made(), [0, 1, 1, 1, 0]);
    const labels = (await Deno.readTextFile(at("set/image_labels.txt"))).split("\n");
    labels[3] = `${ids[3]} ${labels[3].split(" ").length === 2 ? "1 2" : "1"}`;
    await Deno.writeTextFile(at("set/image_labels.txt"), labels.join("\n"));
    assertEquals(await made(), [1, 1, 1, 1, 0]);
  }));
