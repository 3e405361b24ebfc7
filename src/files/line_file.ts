import { dirname } from "@std/path";
import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";
import { makeFolder } from "./make_folder.ts";

/**
 * A file of lines to which lines are added. One process at a time holds it; a line is on the disk when
 * {@linkcode LineFile.append} returns, and a line that a crash cut short is removed at the next opening.
 */
export class LineFile implements Disposable {
  /** Whether a last line that was cut short has been removed. */
  readonly mended: boolean;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile, mended: boolean) {
    this.#path = path;
    this.#file = file;
    this.mended = mended;
  }

  /**
   * Opens a file, or starts one.
   *
   * @throws {InputError} when it may not be written, or another process holds it.
   */
  static async open(path: string): Promise<LineFile> {
    let file: Deno.FsFile;
    try {
      await makeFolder(dirname(path));
      file = await Deno.open(path, { create: true, append: true, read: true });
    } catch (error) {
      throw fileError("write", path, error);
    }
    try {
      if (!file.tryLockSync(true)) {
        throw new InputError(
          `Cannot write ${path}: another process is writing it. Wait for it, or give another file.`,
        );
      }
      const bytes = await Deno.readFile(path);
      const whole = bytes.lastIndexOf(10) + 1;
      if (whole < bytes.length) await file.truncate(whole);
      return new LineFile(path, file, whole < bytes.length);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Adds a line, and waits until the disk has it.
   *
   * @throws {InputError} when the disk is full; the file is then as it was.
   */
  append(line: string): void {
    const bytes = new TextEncoder().encode(line + "\n");
    const { size } = this.#file.statSync();
    try {
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
      this.#file.syncDataSync();
    } catch (error) {
      this.#file.truncateSync(size); // or the next line would follow half of this one
      throw fileError("write", this.#path, error);
    }
  }

  /** Lets go of the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
