import { join } from "@std/path";
import { InputError } from "./error.ts";
import { listFolder } from "./list_folder.ts";

/** What is in a folder or in one inside of it. */
interface Listing {
  readonly path: string;
  /** Names of files by id. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Names of everything else, by its name as {@linkcode plainName} has it. */
  readonly others: ReadonlyMap<string, string>;
}

/**
 * The files of a folder by id: the path inside of the folder without the extension. The extension may
 * be in any case, and an accent be a letter of its own or not (NFD, NFC), as systems differ in both.
 */
export class FolderIndex {
  /** The folder, which may be missing. */
  readonly path: string;
  readonly #extension: RegExp;
  readonly #listings = new Map<string, Promise<Listing | undefined>>();

  /** `extension` says which files count, such as `/\.png$/i`. */
  constructor(path: string, extension: RegExp) {
    this.path = path;
    this.#extension = extension;
  }

  /**
   * The path of the file of an id; undefined where there is none. The folder is listed once.
   * Throws InputError naming both when two files have the same id.
   */
  async find(id: string): Promise<string | undefined> {
    const [folder, name] = apart(plainName(id));
    const listing = await this.#list(folder);
    const names = listing?.files.get(name) ?? [];
    if (names.length > 1) throw alike(listing!.path, names);
    return names.length === 1 ? join(listing!.path, names[0]) : undefined;
  }

  #list(folder: string): Promise<Listing | undefined> {
    let listing = this.#listings.get(folder);
    if (listing === undefined) {
      listing = this.#read(folder);
      this.#listings.set(folder, listing);
    }
    return listing;
  }

  async #read(folder: string): Promise<Listing | undefined> {
    let path: string | undefined = this.path;
    if (folder !== "") {
      const [above, name] = apart(folder);
      const listing = await this.#list(above);
      const own = listing?.others.get(name);
      path = own && join(listing!.path, own);
    }
    const entries = path && await listFolder(path);
    if (!path || !entries) return undefined;
    const isOne = (entry: Deno.DirEntry) => !entry.isDirectory && this.#extension.test(entry.name);
    const [own, others] = [entries.filter(isOne), entries.filter((entry) => !isOne(entry))];
    const files = Map.groupBy(own.map(({ name }) => name), (name) => {
      return plainName(name.replace(this.#extension, ""));
    });
    return { path, files, others: new Map(others.map(({ name }) => [plainName(name), name])) };
  }
}

/** A name whose accents belong to their letters, so that names that look alike are equal. */
export function plainName(name: string): string {
  return name.normalize("NFC");
}

/** What is said of files of which each could be meant. */
export function alike(folder: string, [one, other]: readonly string[]): InputError {
  return new InputError(
    `Cannot use the files of ${folder}: ${one} and ${other} have the same name. Rename one.`,
  );
}

/** The folder of an id, "" where it has none, and the rest. */
function apart(id: string): [folder: string, name: string] {
  const end = id.lastIndexOf("/");
  return [id.slice(0, Math.max(0, end)), id.slice(end + 1)];
}
