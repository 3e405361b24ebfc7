import { writeAtomic } from "./atomic.ts";
import { isFile } from "./is_file.ts";
import { readText } from "./read_bytes.ts";

/**
 * Does work whose result is kept in the file `path`, unless it was done before with the same options.
 * `work` is told whether it was begun with these options and may go on from what is there.
 */
export async function once<T>(
  path: string,
  options: object,
  work: (begun: boolean) => Promise<T>,
): Promise<T> {
  const wanted = JSON.stringify(options);
  const saved = await isFile(path) ? readNote(await readText(path)) : undefined;
  const same = saved !== undefined && JSON.stringify(saved.options) === wanted;
  if (same && "result" in saved) return saved.result as T;
  if (!same) await writeAtomic(path, JSON.stringify({ options }) + "\n");
  const result = await work(same);
  await writeAtomic(path, JSON.stringify({ options, result }) + "\n");
  return result;
}

function readNote(text: string): { options?: unknown; result?: unknown } | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined; // another file of that name: the work is done again
  }
}
