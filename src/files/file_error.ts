import { InputError } from "./error.ts";

/**
 * The InputError that says what the operating system refused, for errors a person can repair;
 * any other error is returned as it is.
 */
export function fileError(verb: "read" | "write" | "use", path: string, error: unknown): unknown {
  const found = reasonOf(verb, error);
  if (found === undefined) return error;
  const [reason, remedy] = found;
  return new InputError(`Cannot ${verb} ${path}: ${reason}. ${remedy}`, { cause: error });
}

function reasonOf(verb: string, error: unknown): readonly [string, string] | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Error & { code?: string };
  switch (code) {
    case "ENOENT":
      return verb === "write"
        ? ["its folder does not exist", "Create the folder or choose another."]
        : [verb === "read" ? "no such file" : "there is none", "Check the path."];
    case "EACCES":
    case "EPERM":
      return ["permission denied", "Change the permissions of the file or its folder."];
    case "EISDIR":
      return ["it is a folder", "Give the path of a file."];
    case "EEXIST":
      return ["a file of that name is there", "Choose another name, or move the file away."];
    case "ENOTDIR":
      return ["a part of its path is a file, not a folder", "Check the path."];
    case "EROFS":
      return ["the file system is read-only", "Choose another folder."];
    case "ENOSPC":
    case "EDQUOT":
      return ["no space is left on the disk", "Free some space or choose another folder."];
    case "ENAMETOOLONG":
      return ["its name is too long", "Choose a shorter one."];
    case "ELOOP":
      return ["its links lead in a circle", "Check the path."];
    case "EMFILE":
      return ["too many files are open", "Allow more: ulimit -n 4096."];
    case "EIO":
      return ["the disk reports an error", "Check the disk."];
  }
  // Deno itself refuses what it was started without.
  if (error instanceof Deno.errors.NotCapable) {
    // Writing a file whole needs both permissions: the message says which one is missing.
    const [, kind = verb] = /--allow-(\w+)/.exec(error.message) ?? [];
    return [`the program may not ${kind} it`, `Start it with --allow-${kind}.`];
  }
  return undefined;
}
