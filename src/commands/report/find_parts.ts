import { basename, dirname, join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";
import { isFolder } from "../../files/is_folder.ts";
import { readJson } from "../../files/json.ts";
import { listFolder } from "../../files/list_folder.ts";

/** What a report can tell of: a file of figures, the masks of several steps, or a run of a training. */
export interface Part {
  /** What it is, by the command that wrote it. */
  readonly kind:
    | "compare"
    | "masks"
    | "seeds"
    | "evaluation"
    | "ladder"
    | "steps of masks"
    | "steps of seeds"
    | "run";
  /** Its folder. */
  readonly folder: string;
  /** The file that says it is there. */
  readonly file: string;
}

/** The files of figures by their names, and those that say that there are masks or a run. */
const kinds: readonly (readonly [name: string, kind: Part["kind"], key: string])[] = [
  ["table.json", "compare", "0"],
  ["masks-measured.json", "masks", "refined"],
  ["seeds.json", "seeds", "CAM"],
  ["evaluation.json", "evaluation", "scores"],
  ["ladder.json", "ladder", "rows"],
  ["set.json", "steps of masks", ""],
  ["classifier/config.json", "steps of seeds", ""],
  ["config.json", "run", ""],
];

/** Folders of many files in which nothing else is. */
const full =
  /^(checkpoints|previews|changes|JPEGImages|SegmentationClass|(features|masks|affinity)-[0-9a-f]{8})$/;

/**
 * What is there to report of a folder, with all folders in it, or of one file of figures. Links to
 * folders are not followed.
 *
 * @throws {InputError} when nothing is there.
 */
export async function findParts(path: string): Promise<readonly Part[]> {
  const parts = await isFile(path)
    ? await partsOfFile(path)
    : await isFolder(path)
    ? await partsOfFolder(path, 0)
    : undefined;
  if (parts === undefined) {
    throw new InputError(`Cannot report of ${path}: there is none. Give the folder of a run.`);
  }
  if (parts.length > 0) {
    const order = kinds.map(([, kind]) => kind);
    return parts.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  }
  throw new InputError(
    `Cannot report of ${path}: it has neither a run nor figures of compare, seeds, evaluate or ladder. ` +
      "Give the folder that such a command wrote.",
  );
}

/** A file of figures may have any name: what is in it tells what it is. */
async function partsOfFile(path: string): Promise<readonly Part[]> {
  const content = await readJson(path);
  const found = kinds.find(([, , key]) => key !== "" && key in content);
  return found ? [{ kind: found[1], folder: dirname(path), file: path }] : [];
}

async function partsOfFolder(folder: string, depth: number): Promise<readonly Part[]> {
  const entries = await listFolder(folder) ?? [];
  const parts: Part[] = [];
  for (const [name, kind, key] of kinds) {
    const file = join(folder, name);
    if (!entries.some((entry) => entry.name === name.split("/")[0]) || !await isFile(file)) {
      continue;
    }
    // Pictures of steps come with their figures, where there are any.
    if (parts.some(({ kind: measured }) => kind === `steps of ${measured}`)) continue;
    if (await isThere(file, kind, key)) parts.push({ kind, folder, file });
  }
  if (depth === 8) return parts;
  const folders = entries.filter(({ name, isDirectory }) =>
    isDirectory && !name.startsWith(".") && !full.test(basename(name))
  );
  const names = folders.map(({ name }) => name).sort();
  for (const name of names) parts.push(...await partsOfFolder(join(folder, name), depth + 1));
  return parts;
}

/** Whether a file of this name is what its name says. */
async function isThere(file: string, kind: Part["kind"], key: string): Promise<boolean> {
  const beside = (...names: string[]) => join(dirname(file), ...names);
  if (kind === "run") return await isFile(beside("metrics.jsonl"));
  if (kind === "steps of seeds") return await isFolder(beside("..", "cam", "masks"));
  const keys = kind === "steps of masks" ? ["photographs", "labels", "sizes"] : [key];
  return await readJson(file).then((content) => keys.every((key) => key in content), () => false);
}
