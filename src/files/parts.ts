import { join } from "@std/path";
import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";
import { readJson, writeJson } from "./json.ts";
import { listFolder } from "./list_folder.ts";
import { listed } from "./listed.ts";
import { outputFolder } from "./output_folder.ts";

/** What one of several processes has done of a list that they share. */
export interface Part {
  /** The command that did it. */
  readonly command: string;
  /** Which part of the list it is, from 0. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
  /** SHA-256 of the ids of the whole list: parts that do not agree on it are of different lists. */
  readonly list: string;
  /** What was made, in the order of the list: paths in the folder. */
  readonly files: readonly string[];
  /** What else there is to say, to be joined with what the other parts say. */
  readonly report?: unknown;
}

/**
 * Notes in FOLDER/parts that a part of a list is done; a process that has the whole list notes nothing.
 * The same part done again replaces its note.
 */
export async function notePart(folder: string, part: Part): Promise<void> {
  const { command, index, count } = part;
  if (count === 1) return;
  await outputFolder(join(folder, "parts"));
  await writeJson(join(folder, "parts", `${command}-${index + 1}-of-${count}.json`), part);
}

/**
 * The parts of the lists that processes have shared, those of each command together, in their order.
 *
 * @throws {InputError} when there is none, when one is missing, when they are of different lists, and
 * when a file is not there any more.
 */
export async function readParts(folder: string): Promise<Part[][]> {
  const found: Noted[] = [];
  for (const { name } of await listFolder(join(folder, "parts")) ?? []) {
    if (name.endsWith(".json")) found.push(await readPart(join(folder, "parts", name)));
  }
  if (found.length === 0) {
    throw new InputError(
      `Cannot merge ${folder}: it has no parts. Give the folder that a command with --shard wrote to.`,
    );
  }
  const wholes: Part[][] = [];
  for (const parts of Map.groupBy(found, ({ command }) => command).values()) {
    wholes.push(await wholeOf(folder, parts));
  }
  return wholes;
}

/** A part, and when that was noted. */
type Noted = Part & { readonly time: number };

/**
 * The parts of one division. A list may have been divided more than once: of divisions that are whole, the
 * one whose earliest note is the latest counts, so that a part done again does not bring an old one back.
 */
async function wholeOf(folder: string, found: readonly Noted[]): Promise<Part[]> {
  const divisions = Map.groupBy(found, ({ count }) => count);
  const begun = (parts: readonly Noted[]) => Math.min(...parts.map(({ time }) => time));
  const [whole] = [...divisions].filter(([count, parts]) => parts.length === count)
    .sort(([, a], [, b]) => begun(b) - begun(a));
  if (whole === undefined) {
    const [count, parts] = [...divisions].sort(([a], [b]) => b - a)[0];
    const there = new Set(parts.map(({ index }) => index));
    const missing = Array.from({ length: count }, (_, i) => i).filter((i) => !there.has(i));
    throw new InputError(
      `Cannot merge ${folder}: of ${count} parts of ${parts[0].command}, ` +
        `${listed(missing.map((i) => `${i + 1}/${count}`))} ` +
        `${missing.length === 1 ? "is" : "are"} missing. Run ${
          missing.length === 1 ? "it" : "them"
        } again with --shard.`,
    );
  }
  const parts = whole[1].sort((a, b) => a.index - b.index);
  const all = parts.reduce((sum, { files }) => sum + files.length, 0);
  const owners = new Map(parts.flatMap(({ files, index }) => files.map((file) => [file, index])));
  const alike = parts.every(({ list, files, index, count }) =>
    list === parts[0].list && files.length === Math.ceil((all - index) / count)
  );
  if (!alike || owners.size < all) {
    throw new InputError(
      `Cannot merge ${folder}: the ${parts.length} parts of ${parts[0].command} are of different ` +
        "lists. Run all of them again with the same options.",
    );
  }
  for (const file of owners.keys()) {
    if (await isFile(join(folder, file))) continue;
    throw new InputError(
      `Cannot merge ${folder}: ${file} is not there any more. Run part ${owners.get(file)! + 1}/` +
        `${parts.length} of ${parts[0].command} again.`,
    );
  }
  return parts;
}

async function readPart(path: string): Promise<Noted> {
  const part = await readJson<Partial<Part>>(path);
  const { command, index, count, list, files } = part;
  const whole = typeof command === "string" && Number.isSafeInteger(index) &&
    Number.isSafeInteger(count) && typeof list === "string" && Array.isArray(files);
  if (whole) return { ...part as Part, time: (await Deno.stat(path)).mtime?.getTime() ?? 0 };
  throw new InputError(
    `Cannot read ${path}: it says of no part. Delete it, and run the part again.`,
  );
}
