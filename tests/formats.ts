// What the tests of other programs' formats share.
import { join } from "@std/path";
import { encode } from "fast-png";
import type { exportMasks } from "../src/commands/export_masks.ts";
import type { importMasks } from "../src/commands/import_masks.ts";
import { writeImage } from "../src/data/images/image.ts";
import { type Mask, writeMask } from "../src/data/masks/mask.ts";
import { Random } from "../src/data/random.ts";
import type { Context } from "../src/options/command.ts";
import { withSet } from "./files.ts";

export const contextOf = (lines: string[]): Context => ({
  device: () => Promise.reject(new Error("formats need no GPU")),
  progress: () => ({ update() {}, done() {} }),
  log: (line) => lines.push(line),
  signal: new AbortController().signal,
});

export async function run(command: typeof importMasks | typeof exportMasks, options: object) {
  const lines: string[] = [];
  await (command as typeof importMasks).run(
    command.config.parse(options) as Parameters<typeof importMasks.run>[0],
    contextOf(lines),
  );
  return lines.join("\n");
}

export const SIZE = { width: 23, height: 17 };

/** Names that need care: blanks, accents, folders. */
export const ids = ["a", "my photo 1", "größe", "x.y"];

/** Blobs of three classes with holes and islands, and some void where it is wanted. */
export function maskOf(seed: number, voids: boolean): Mask {
  const random = new Random(seed);
  const data = new Uint8Array(SIZE.width * SIZE.height);
  for (let n = 0; n < 14; n++) {
    const [x, y, r] = [random.integer(23), random.integer(17), 1 + random.integer(5)];
    const c = random.integer(4);
    data.forEach((_, u) => {
      if (Math.hypot(u % 23 - x, Math.floor(u / 23) - y) < r) data[u] = c;
    });
  }
  if (voids) data.fill(255, 100, 130);
  return { ...SIZE, data };
}

export const classesText = "cat\nsea lion\nStraße <ü> & co\n";

export async function withMasks(
  voids: boolean,
  test: (root: string, masks: ReadonlyMap<string, Mask>) => Promise<void>,
): Promise<void> {
  await withSet({ "photos/classes.txt": classesText }, async (root) => {
    const masks = new Map(ids.map((id, i) => [id, maskOf(i + 1, voids)]));
    for (const [id, mask] of masks) {
      const photograph = { ...SIZE, data: new Uint8Array(3 * mask.data.length) };
      await writeImage(join(root, "photos", `${id}.png`), photograph);
      await writeMask(join(root, "masks", `${id}.png`), mask);
    }
    await Deno.writeTextFile(
      join(root, "colours.txt"),
      "background:1,2,3::\nvoid:9,9,9::\ncat:10,20,30::\nsea lion:255,0,0::\nStraße <ü> & co:0,0,7::\n",
    );
    await Deno.writeTextFile(
      join(root, "values.csv"),
      "value,class\n900,sea lion\n7,cat\n0,void\n3,background\n8,cat\n40000,Straße <ü> & co\n",
    );
    await test(root, masks);
  });
}

export const grey = (...data: number[]) =>
  new Uint8Array(
    encode({ width: 2, height: 1, data: Uint8Array.from(data), channels: 1, depth: 8 }),
  );

export const photo = { "photos/1.png": undefined, "photos/2.png": undefined };

export const image = { id: 1, file_name: "train/1.jpg", width: 2, height: 1 };

export const cat = [{ id: 7, name: "cat" }];
