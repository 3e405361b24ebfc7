import { join } from "@std/path";
import { checksum } from "./checksum.ts";
import { fileError } from "./file_error.ts";
import { parseJson } from "./json.ts";
import { isFile } from "./is_file.ts";
import { readBytes, readText } from "./read_bytes.ts";

/** Files that are made of others. */
export interface MadeOf {
  /** What they are made for, such as a photograph's name. */
  readonly id: string;
  /** Paths of the files they are made of, always in the same order; some may be missing. */
  readonly inputs: readonly string[];
  /** What else they are made of, such as image labels; of JSON's types. */
  readonly facts?: unknown;
  /** Paths of the files that are made. */
  readonly outputs: readonly string[];
}

/** Bytes, and milliseconds since 1970; nothing for a file that is missing. */
type Seen = readonly [size: number, time: number] | null;
/** The same with the first 16 digits of its SHA-256, or without any when it changed meanwhile. */
type Stamp = readonly [size: number, time: number, content: string] | null;

/** A line of the notes. */
interface Note {
  readonly id: string;
  readonly facts?: unknown;
  readonly inputs: readonly Stamp[];
}

/**
 * What the files of a folder were made of: a line of JSON for each id in its inputs.jsonl, so that a
 * photograph that was replaced under its old name is noticed.
 *
 * A file whose size and time are as noted is the same; one with another time is, if its content is.
 * Lines are appended and the last one of an id counts, so that several processes may share a folder.
 */
export class InputNotes {
  readonly #path: string;
  readonly #notes: Map<string, Note>;
  readonly #seen = new Map<string, { item: MadeOf; files: readonly Seen[] }>();

  private constructor(path: string, notes: readonly Note[]) {
    this.#path = path;
    this.#notes = new Map(notes.map((note) => [note.id, note]));
  }

  /** The notes of a folder, none where there is no such folder yet. */
  static async open(folder: string): Promise<InputNotes> {
    const path = join(folder, "inputs.jsonl");
    const text = await isFile(path) ? await readText(path) : "";
    const lines = text.split("\n").map(readNote).filter((note) => note !== undefined);
    if (text !== "" && !text.endsWith("\n")) await append(path, "\n"); // a line was cut short
    return new InputNotes(path, lines);
  }

  /**
   * Whether some outputs are missing, or those that are there were made of other inputs.
   *
   * Outputs of which nothing is noted, since they are older than the notes are or the process died
   * before, are done if none of their inputs is newer; it is noted then.
   *
   * @throws {InputError} when an input may not be read.
   */
  async state(item: MadeOf): Promise<"done" | "missing" | "changed"> {
    const files = await Promise.all(item.inputs.map(seen));
    this.#seen.set(item.id, { item, files });
    const outputs = await Promise.all(item.outputs.map(seen));
    const made = outputs.filter((file) => file !== null);
    if (made.length === 0) return "missing";
    const note = this.#notes.get(item.id);
    const oldest = Math.min(...made.map(([, time]) => time));
    const same = note === undefined
      ? files.every((file) => file === null || file[1] <= oldest)
      : await isSame(note, item, files);
    if (!same) {
      await this.#write({ id: item.id, inputs: [] }); // changed until `done`, whatever happens
      return "changed";
    }
    if (made.length < outputs.length) return "missing";
    if (files.some((file, i) => file && file[1] !== note?.inputs[i]?.[1])) {
      await this.done(item.id).catch(() => {}); // the next call need not compare contents again
    }
    return "done";
  }

  /** Notes that the outputs of an id have been made, of the inputs that `state` has seen. */
  async done(id: string): Promise<void> {
    const { item, files } = this.#seen.get(id)!;
    const inputs = await Promise.all(item.inputs.map(async (path, i): Promise<Stamp> => {
      const [before, now] = [files[i], await seen(path)];
      if (before === null) return this.#notes.get(id)?.inputs[i] ?? null;
      const same = now !== null && before[0] === now[0] && before[1] === now[1];
      return [...before, same ? await contentOf(path) : ""];
    }));
    await this.#write({ id, facts: item.facts, inputs });
  }

  async #write(note: Note): Promise<void> {
    this.#notes.set(note.id, note);
    await append(this.#path, JSON.stringify(note) + "\n");
  }
}

/** Whether inputs are as noted; those that are gone cannot be otherwise. */
async function isSame(note: Note, { inputs, facts }: MadeOf, files: readonly Seen[]) {
  if (note.inputs.length !== inputs.length) return false;
  if (JSON.stringify(note.facts) !== JSON.stringify(facts)) return false;
  for (const [i, file] of files.entries()) {
    const noted = note.inputs[i];
    if (file === null) continue;
    if (noted === null || noted[0] !== file[0] || noted[2] === "") return false;
    if (noted[1] !== file[1] && noted[2] !== await contentOf(inputs[i])) return false;
  }
  return true;
}

async function seen(path: string): Promise<Seen> {
  try {
    const { size, mtime } = await Deno.stat(path);
    return [size, mtime?.getTime() ?? 0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fileError("read", path, error);
  }
}

async function contentOf(path: string): Promise<string> {
  return (await checksum(await readBytes(path))).slice(0, 16);
}

/** A note; nothing for a line that was cut short. */
function readNote(line: string): Note | undefined {
  try {
    const { id, facts, inputs } = Object(parseJson(line));
    return typeof id === "string" && Array.isArray(inputs) ? { id, facts, inputs } : undefined;
  } catch {
    return undefined;
  }
}

async function append(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { append: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
}
