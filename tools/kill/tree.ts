import { join } from "@std/path";
import { readImage } from "../../src/data/images/image.ts";
import { checksum } from "../../src/files/checksum.ts";
import { readNpy } from "../../src/weights/npy.ts";
import { readSafetensors } from "../../src/weights/safetensors.ts";

/** The paths of all files in a folder and those in it, sorted. */
async function filesIn(folder: string, within = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, within))) {
    const path = join(within, name);
    if (isDirectory) found.push(...await filesIn(folder, path));
    else found.push(path);
  }
  return found.sort();
}

/** Checksums of files by their paths. */
export type Contents = ReadonlyMap<string, string>;

/** Every file of a folder with the checksum of what it says; times and their order are left out. */
export async function contentsOf(folder: string): Promise<Contents> {
  const entries = (await filesIn(folder)).map(async (path) => {
    return [path, await checksum(await timeless(join(folder, path)))] as const;
  });
  return new Map(await Promise.all(entries));
}

/** The names of files that differ between two folders, or are in one of them alone. */
export function differing(a: Contents, b: Contents): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
}

/** The files under their final names that cannot be decoded; temporary ones may hold anything. */
export async function undecodable(folder: string): Promise<readonly string[]> {
  const bad: string[] = [];
  for (const path of await filesIn(folder)) {
    try {
      if (!path.endsWith(".tmp")) await decode(join(folder, path));
    } catch (error) {
      bad.push(`${path}: ${error}`);
    }
  }
  return bad;
}

async function decode(path: string): Promise<void> {
  const [, extension] = /\.(\w+)$/.exec(path) ?? [];
  switch (extension) {
    case "png":
      return void await readImage(path);
    case "npy":
      return void await readNpy(path);
    case "safetensors":
      return void await readSafetensors(path);
    case "json":
      return void JSON.parse(await Deno.readTextFile(path));
    case "jsonl":
      return lines(await Deno.readTextFile(path)).forEach((line) => JSON.parse(line));
    case "txt":
    case "md":
    case "svg":
      if (await Deno.readTextFile(path) === "") throw new Error("it is empty");
      return;
    case "lock": // holds nothing
    case "f16": // says by its length how many records it has
      return;
    default:
      throw new Error("nobody knows what it is");
  }
}

/** The content of a file without times, and the lines of what is appended in any order. */
async function timeless(path: string): Promise<string | Uint8Array<ArrayBuffer>> {
  if (path.endsWith("metrics.jsonl")) {
    const rows = lines(await Deno.readTextFile(path)).map((line) => JSON.parse(line));
    return rows.map(({ secondsPerStep: _, ...rest }) => JSON.stringify(rest)).join("\n");
  }
  if (path.endsWith("starts.jsonl")) return ""; // a line for each start
  if (path.endsWith("inputs.jsonl")) {
    const notes = lines(await Deno.readTextFile(path)).map((line) => JSON.parse(line));
    const last = new Map(notes.map(({ id, facts, inputs }) => [id, { facts, files: inputs }]));
    const known = [...last].sort(([a], [b]) => a < b ? -1 : 1).map(([id, { facts, files }]) => {
      return [id, facts, files.map((file: unknown[] | null) => file && [file[0], file[2]])];
    });
    return JSON.stringify(known);
  }
  return await Deno.readFile(path);
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
