import { basename, dirname, join } from "@std/path";
import { fileError } from "./file_error.ts";
import { makeFolder } from "./make_folder.ts";

let written = 0;

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
  { durable = false }: { readonly durable?: boolean } = {},
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  let temporary: string | undefined;
  try {
    const file = await createTemporary(path);
    temporary = file.path;
    try {
      for (let at = 0; at < bytes.length;) at += await file.handle.write(bytes.subarray(at));
      if (durable) await file.handle.sync();
    } finally {
      file.handle.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    if (temporary !== undefined) await Deno.remove(temporary).catch(() => {});
    throw fileError("write", path, error);
  }
}

/** A new file beside `path`; workers and other machines may be making theirs at the same time. */
async function createTemporary(path: string): Promise<{ path: string; handle: Deno.FsFile }> {
  for (let made = false;;) {
    const name = join(dirname(path), `.${basename(path)}.${Deno.pid}-${written++}.tmp`);
    try {
      return { path: name, handle: await Deno.open(name, { write: true, createNew: true }) };
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      if (made || !(error instanceof Deno.errors.NotFound)) throw error;
      await makeFolder(dirname(path)); // once: some file systems, such as /proc, take no files at all
      made = true;
    }
  }
}
