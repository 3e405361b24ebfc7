import { basename, join } from "@std/path";
import { isFile } from "../../files/is_file.ts";
import { listFolder } from "../../files/list_folder.ts";
import { names } from "../../training/run.ts";

/** What is under a folder. */
export interface Found {
  /** Paths of run folders, relative to the folder, with slashes; "" for the folder itself. */
  readonly runs: readonly string[];
  /** Paths of folders that hold masks, in the same form. */
  readonly masks: readonly string[];
}

/** How deep runs and masks are looked for, and in how many folders. */
const [DEEPEST, MOST] = [6, 5000];
/** Folders whose pictures are no masks, or too many to look into. */
const OTHERS = new Set(["previews", "checkpoints", "JPEGImages", "node_modules", "features"]);

/** Looks for runs and folders of masks under a folder. */
export async function findUnder(folder: string): Promise<Found> {
  const [runs, masks]: string[][] = [[], []];
  const queue: [path: string, depth: number][] = [["", 0]];
  for (let seen = 0; queue.length > 0 && seen < MOST; seen++) {
    const [path, depth] = queue.shift()!;
    const entries = await listFolder(join(folder, path)) ?? [];
    const own = entries.filter(({ isDirectory, name }) => {
      return isDirectory && depth < DEEPEST && !name.startsWith(".") && !OTHERS.has(name);
    });
    for (const { name } of own) queue.push([path === "" ? name : `${path}/${name}`, depth + 1]);
    const has = (name: string) => entries.some((entry) => entry.name === name);
    if (has(names.config) && has(names.metrics)) runs.push(path);
    const png = entries.find(({ name }) => /\.png$/i.test(name));
    if (png && await isMask(join(folder, path, png.name))) masks.push(path);
  }
  return { runs: runs.sort(), masks: masks.sort() };
}

/** Whether a PNG has a palette or one channel, as masks have; its header alone is read. */
async function isMask(path: string): Promise<boolean> {
  if (basename(path).startsWith(".") || !await isFile(path)) return false;
  using file = await Deno.open(path);
  const header = new Uint8Array(26);
  if (await file.read(header) !== header.length) return false;
  const [depth, colour] = header.subarray(24);
  return header[1] === 0x50 && depth <= 8 && (colour === 3 || colour === 0);
}
