import { basename, dirname, join } from "@std/path";

/**
 * Writes a file by a temporary name beside it and a rename, so that a reader sees the old content
 * or the new content and never a part. Makes the folder where there is none.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${Deno.pid}.tmp`);
  try {
    await writeThrough(temporary, content);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Writes and waits for the disk: a rename may otherwise outlive a power cut that its data does not. */
async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  using file = await Deno.create(path);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}
