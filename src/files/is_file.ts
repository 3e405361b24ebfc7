/**
 * Whether `path` is a file that can be seen; a link to one counts.
 *
 * @throws {Deno.errors.NotCapable} when the program may not look.
 */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
