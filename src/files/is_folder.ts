/** Whether `path` is a folder that can be seen; a link to one counts. */
export async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
