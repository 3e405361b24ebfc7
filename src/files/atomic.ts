import { basename, dirname, join } from "@std/path";
import { fileError } from "./file_error.ts";
import { isFile } from "./is_file.ts";
import { makeFolder } from "./make_folder.ts";

let written = 0;
/** The folders that this process has swept. */
const swept = new Set<string>();

/**
 * Writes a file whole or not at all: to a temporary name in the same folder, then renamed. Folders
 * that are missing are made, so that ids such as "cats/1" become folders of what is written.
 *
 * A reader never sees half a file, and an interrupted run leaves the old one as it was. With
 * `durable` that holds for a power cut too: a rename may otherwise outlive one that its data do not.
 * Throws InputError when the folder is closed or full; the temporary file is then gone.
 */
export async function writeAtomic(
  path: string,
  content: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  await writePieces(
    path,
    [typeof content === "string" ? new TextEncoder().encode(content) : content],
    options,
  );
}

/** How a file is written. */
export interface WriteOptions {
  /** Whether it must outlive a power cut. */
  readonly durable?: boolean;
}

/** The same for what is in pieces, which are not joined. */
export async function writePieces(
  path: string,
  pieces: readonly Uint8Array[],
  { durable = false }: WriteOptions = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    const file = await newTemporary(path);
    temporary = file.path;
    try {
      for (const bytes of pieces) {
        for (let at = 0; at < bytes.length;) at += await file.handle.write(bytes.subarray(at));
      }
      if (durable) await file.handle.sync();
      await Deno.rename(temporary, path); // before it is closed: until then it is locked
    } finally {
      file.handle.close();
    }
  } catch (error) {
    if (temporary !== undefined) await Deno.remove(temporary).catch(() => {});
    throw fileError("write", path, error);
  }
}

/** A file that only this process writes, until it is closed. */
export interface Temporary {
  /** Its path. */
  readonly path: string;
  /** The open file, locked. */
  readonly handle: Deno.FsFile;
}

/**
 * A new, locked file beside `path`; workers and other machines may be making theirs at the same time.
 *
 * @throws what the operating system says when it cannot be made.
 */
export async function newTemporary(path: string): Promise<Temporary> {
  if (!swept.has(dirname(path))) await sweepTemporaries(dirname(path));
  for (let made = false;;) {
    const name = temporaryName(path);
    try {
      const handle = await Deno.open(name, { write: true, createNew: true });
      // Before it was locked it may have been swept as that of a dead process.
      if (tryLock(handle) !== false && await isFile(name)) return { path: name, handle };
      handle.close();
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      if (made || !(error instanceof Deno.errors.NotFound)) throw error;
      await makeFolder(dirname(path)); // once: some file systems, such as /proc, take no files at all
      made = true;
    }
  }
}

/** A name beside `path` that no other file of this process has. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${Deno.pid}-${written++}.tmp`);
}

/**
 * Removes the temporary files of processes that died from a folder, not from the folders in it, and
 * folders that were about to be removed. Those that may not be removed stay. Whoever makes a temporary
 * file is the first in its process to do this to the folder, if nobody was before.
 */
export async function sweepTemporaries(folder: string): Promise<void> {
  swept.add(folder);
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name, isDirectory } of entries) {
    if (!/^\..*\.\d+-\d+\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    if (isDirectory) {
      await Deno.remove(path, { recursive: true }).catch(() => {});
      continue;
    }
    const handle = await Deno.open(path, { write: true }).catch(() => undefined);
    if (handle && tryLock(handle)) await Deno.remove(path).catch(() => {});
    handle?.close();
  }
}

/** Locks a file until it is closed: whether it could be; undefined where the file system has no locks. */
export function tryLock(handle: Deno.FsFile): boolean | undefined {
  try {
    return handle.tryLockSync(true);
  } catch {
    return undefined;
  }
}
