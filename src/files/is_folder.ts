/**
 * Whether `path` is a folder that can be seen; a link to one counts.
 *
 * @throws {Deno.errors.NotCapable} when the program may not look.
 */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
