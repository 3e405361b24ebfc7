import { dirname } from "@std/path";
import { InputError } from "../../files/error.ts";
import { fileError } from "../../files/file_error.ts";
import { makeFolder } from "../../files/make_folder.ts";
import type { Decision } from "./decision.ts";
import { readDecisions } from "./read_decisions.ts";

/**
 * A file of decisions to which lines are added. One process at a time holds it; a line is on the disk
 * when {@linkcode DecisionFile.append} returns.
 */
export class DecisionFile implements Disposable {
  /** What was decided before. */
  readonly before: readonly Decision[];
  /** Whether a last line that was cut short has been removed. */
  readonly mended: boolean;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(
    path: string,
    file: Deno.FsFile,
    before: readonly Decision[],
    mended: boolean,
  ) {
    this.#path = path;
    this.#file = file;
    this.before = before;
    this.mended = mended;
  }

  /**
   * Opens a file of decisions, or starts one.
   *
   * @throws {InputError} when it is damaged, may not be written, or another process holds it.
   */
  static async open(path: string): Promise<DecisionFile> {
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
          `Cannot write ${path}: another review is writing it. Open that one's address, or give ` +
            "another file.",
        );
      }
      const { all, whole } = await readDecisions(path);
      const mended = (await file.stat()).size > whole;
      if (mended) await file.truncate(whole);
      return new DecisionFile(path, file, all, mended);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Adds a decision in one write, and waits until the disk has it.
   *
   * @throws {InputError} when the disk is full.
   */
  append(decision: Decision): void {
    const bytes = new TextEncoder().encode(JSON.stringify(decision) + "\n");
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
