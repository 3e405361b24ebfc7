import { join } from "@std/path";
import { listFolder } from "../../files/list_folder.ts";
import { parseJson } from "../../files/json.ts";
import { names } from "../../training/run.ts";
import { findUnder } from "./find_runs.ts";

/** What is new of a run. */
export interface RunNews {
  /** Its path under the folder. */
  readonly name: string;
  /** Whether what was said before of this run no longer holds. */
  readonly fresh: boolean;
  /** Its options. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Lines of metrics that are new. */
  readonly lines: readonly unknown[];
  /** The names of all of its previews. */
  readonly previews: readonly string[];
  /** When a line was last written, milliseconds since 1970. */
  readonly modified: number;
}

interface Known {
  config: Readonly<Record<string, unknown>>;
  started: string;
  lines: unknown[];
  offset: number;
  previews: readonly string[];
  modified: number;
}

/**
 * Looks again and again at the runs under a folder, while anybody wants to know. It reads files alone, so
 * the runs may be those of other processes, or of other machines on a shared disk.
 */
export class RunWatcher {
  readonly #folder: string;
  readonly #every: number;
  readonly #runs = new Map<string, Known>();
  readonly #listeners = new Set<(news: readonly RunNews[]) => void>();
  #looking = false;

  /** @param every milliseconds between two looks */
  constructor(folder: string, every = 1000) {
    this.#folder = folder;
    this.#every = every;
  }

  /** Tells a listener all there is, and from then on what is new; returns what ends that. */
  listen(listener: (news: readonly RunNews[]) => void): () => void {
    const all = [...this.#runs].map(([name, run]) => ({ name, fresh: true, ...run }));
    listener(all.map(({ name, fresh, config, lines, previews, modified }) => {
      return { name, fresh, config, lines, previews, modified };
    }));
    this.#listeners.add(listener);
    if (!this.#looking) this.#watch();
    return () => this.#listeners.delete(listener);
  }

  async #watch(): Promise<void> {
    this.#looking = true;
    let runs: readonly string[] = [];
    for (let look = 0; this.#listeners.size > 0; look++) {
      // New runs are looked for less often, because all folders are listed for that.
      if (look % 5 === 0) runs = (await findUnder(this.#folder).catch(() => ({ runs }))).runs;
      const news: RunNews[] = [];
      for (const name of runs) {
        const own = await this.#look(name).catch(() => undefined); // it may be about to be replaced
        if (own) news.push(own);
      }
      if (news.length > 0) { for (const listener of this.#listeners) listener(news); }
      await new Promise((resolve) => setTimeout(resolve, this.#every));
    }
    this.#looking = false;
  }

  /** What is new of a run, if anything is. */
  async #look(name: string): Promise<RunNews | undefined> {
    const folder = join(this.#folder, name);
    const text = await Deno.readTextFile(join(folder, names.config));
    const path = join(folder, names.metrics);
    const { size, mtime } = await Deno.stat(path);
    const previews = (await listFolder(join(folder, names.previews)) ?? [])
      .map(({ name }) => name).filter((name) => /^step-\d+\.png$/.test(name));
    let run = this.#runs.get(name);
    // A run that was started again, or resumed from an earlier step.
    const fresh = run === undefined || run.started !== text || size < run.offset;
    if (fresh) {
      const config = parseJson(text) as Known["config"];
      run = { config, started: text, lines: [], offset: 0, previews: [], modified: 0 };
      this.#runs.set(name, run);
    }
    const lines = await linesAfter(path, run!, size);
    if (!fresh && lines.length === 0 && previews.length === run!.previews.length) return undefined;
    run!.lines.push(...lines);
    Object.assign(run!, { previews, modified: mtime?.getTime() ?? 0 });
    const { config, modified } = run!;
    return { name, fresh, ...(fresh && { config }), lines, previews, modified };
  }
}

/** The whole lines behind an offset, which moves on. */
async function linesAfter(path: string, run: Known, size: number): Promise<unknown[]> {
  if (size <= run.offset) return [];
  using file = await Deno.open(path);
  await file.seek(run.offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(size - run.offset);
  let length = 0;
  while (length < bytes.length) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  const end = bytes.lastIndexOf(10, length - 1) + 1;
  run.offset += end;
  return new TextDecoder().decode(bytes.subarray(0, end)).split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [parseJson(line)];
    } catch {
      return [];
    }
  });
}
