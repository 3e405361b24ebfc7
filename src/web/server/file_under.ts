import { join, SEPARATOR } from "@std/path";

/**
 * The real path of a file inside of a folder, from the parts of an address; nothing when there is none,
 * when the parts lead out of the folder, by `..` or by a link, or when one of them is hidden.
 */
export async function fileUnder(
  folder: string,
  parts: readonly string[],
): Promise<string | undefined> {
  if (parts.length === 0 || !parts.every(isPlain)) return undefined;
  try {
    const [root, path] = await Promise.all([
      Deno.realPath(folder),
      Deno.realPath(join(folder, ...parts)),
    ]);
    const inside = path.startsWith(root.endsWith(SEPARATOR) ? root : root + SEPARATOR);
    return inside && (await Deno.stat(path)).isFile ? path : undefined;
  } catch {
    return undefined; // missing, or it may not be seen
  }
}

/** Whether a part of an address is the name of a file or folder that may be shown. */
function isPlain(part: string): boolean {
  return part !== "" && !part.startsWith(".") && !/[/\\\0:]/.test(part);
}
