import { isZip, unzip } from "../../weights/zip.ts";
import { InputError } from "../../files/error.ts";
import { isFolder } from "../../files/is_folder.ts";
import { listFolder } from "../../files/list_folder.ts";
import { readBytes } from "../../files/read_bytes.ts";
import { unusable } from "./foreign_set.ts";

/** Files by their names with the folders, in the order of the names: of a folder, or of a zip archive. */
export type FileTree = ReadonlyMap<
  string,
  () => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>
>;

/** The files of a folder and the folders in it, or of a zip archive; nothing for another file. */
export async function openTree(path: string): Promise<FileTree | undefined> {
  if (await isFolder(path)) {
    return new Map((await filesOf(path, "", 0)).map((name) => [
      name,
      () => readBytes(`${path}/${name}`),
    ]));
  }
  const bytes = await readBytes(path);
  return isZip(bytes) ? zipTree(bytes, path) : undefined;
}

/** The files of a zip archive. Throws InputError when it is damaged, or names lead out of it. */
export function zipTree(bytes: Uint8Array<ArrayBuffer>, path: string): FileTree {
  try {
    const members = [...unzip(bytes, path)].filter(([name]) => !name.endsWith("/"));
    const outside = members.find(([name]) => !isInside(name));
    if (outside) throw unusable(path, `its file ${outside[0]} leads out of it`);
    // What one file unpacks to is checked when it is read.
    return new Map(
      members.sort(([a], [b]) => a < b ? -1 : 1).map(([name, member]) => [name, () => {
        try {
          return member();
        } catch (error) {
          throw asInput(error);
        }
      }]),
    );
  } catch (error) {
    throw asInput(error);
  }
}

/** Whether a name of a file stays in its folder. */
export function isInside(name: string): boolean {
  const parts = name.split(/[/\\]/);
  return name !== "" && parts.every((part) => !["", ".", ".."].includes(part)) &&
    !/^[a-z]:|\p{Cc}/iu.test(name);
}

function asInput(error: unknown): unknown {
  return error instanceof SyntaxError
    ? new InputError(`${error.message}. Export it again.`, { cause: error })
    : error;
}

async function filesOf(root: string, folder: string, depth: number): Promise<string[]> {
  const names: string[] = [];
  for (const { name, isDirectory } of await listFolder(`${root}/${folder}`) ?? []) {
    if (name.startsWith(".")) continue;
    const path = folder === "" ? name : `${folder}/${name}`;
    if (!isDirectory) names.push(path);
    else if (depth < 8) names.push(...await filesOf(root, path, depth + 1));
  }
  return names.sort();
}
