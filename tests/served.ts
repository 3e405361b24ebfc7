// Commands that serve pages, for tests.
import type { Command, ConfigSchema, Context } from "../src/options/command.ts";

/** A command that serves a page. */
export interface Served extends AsyncDisposable {
  /** The address of its page, with the token. */
  readonly address: string;
  /** What it said. */
  readonly lines: readonly string[];
}

/** Starts a command that serves a page; disposing of it is Ctrl-C. */
export async function served<Schema extends ConfigSchema>(
  command: Command<Schema>,
  options: object,
): Promise<Served> {
  const lines: string[] = [];
  const stop = new AbortController();
  const opened = Promise.withResolvers<string>();
  const context: Context = {
    device: () => Promise.reject(new Error("a page needs no GPU")),
    progress: () => ({ update() {}, done() {} }),
    log(line) {
      lines.push(line);
      const address = /^Open (\S+)/.exec(line);
      if (address) opened.resolve(address[1]);
    },
    signal: stop.signal,
  };
  const config = command.config.parse(options) as Parameters<typeof command.run>[0];
  const running = command.run(config, context);
  running.catch(opened.reject);
  return {
    address: await opened.promise,
    lines,
    async [Symbol.asyncDispose]() {
      stop.abort(new DOMException("Stopped", "AbortError"));
      await running;
    },
  };
}
