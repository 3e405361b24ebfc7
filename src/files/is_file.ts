/** Whether `path` is a file that can be seen; a link to one counts. */
export async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
