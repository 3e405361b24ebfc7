import { fromFileUrl, join } from "@std/path";
import { taskFlags } from "../task_flags.ts";

const cli = fromFileUrl(new URL("../../cli.ts", import.meta.url));
const configuration = fromFileUrl(new URL("../../deno.json", import.meta.url));

/** How a command ended. */
export interface Ending {
  /** Its exit status; undefined when it was killed. */
  readonly code?: number;
  /** What it wrote to stdout and stderr. */
  readonly said: string;
  /** How often files have changed meanwhile. */
  readonly changes: number;
  /** Seconds it took. */
  readonly seconds: number;
}

/** When a command is killed: so many changes of files after its start, and then a moment later. */
export interface Moment {
  /** Changes of files. */
  readonly changes: number;
  /** Seconds after the last of them. */
  readonly later: number;
}

/** A folder in which commands are run as the tasks run them. */
export class Workplace {
  constructor(
    /** The folder. */
    readonly path: string,
  ) {}

  /** Runs a command line; with a moment, kills it then, as `kill -9` does. */
  async run(line: string, moment?: Moment): Promise<Ending> {
    const words = line.split(" ");
    const start = performance.now();
    using watcher = Deno.watchFs(this.path);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--config", configuration, ...taskFlags.get(words[0])!, cli, ...words],
      cwd: this.path,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let [changes, killed] = [0, false];
    const kill = () => {
      killed = true;
      try {
        child.kill("SIGKILL");
      } catch {
        // it has just ended by itself
      }
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watching = (async () => {
      for await (const { kind } of watcher) {
        if (kind === "access") continue;
        if (++changes === moment?.changes) timer = setTimeout(kill, 1000 * moment.later);
      }
    })();
    const said = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const { code, signal } = await child.status;
    clearTimeout(timer);
    watcher.close();
    await watching;
    const seconds = (performance.now() - start) / 1000;
    const ended = !killed || signal === null;
    return { code: ended ? code : undefined, said: said.join(""), changes, seconds };
  }

  /** Removes files and folders. */
  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await Deno.remove(join(this.path, path), { recursive: true }).catch(() => {});
    }
  }
}
