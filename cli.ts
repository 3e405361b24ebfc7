/**
 * The command line: finds the command that the words name, reads its options, runs it.
 *
 * Exit status: 0 done; 2 a mistake in what the user gave, told in one line; 1 a defect of the
 * program, with its stack; 130 stopped by Ctrl-C and 143 by SIGTERM, with the work saved.
 *
 * @module
 */
import process from "node:process";
import project from "./deno.json" with { type: "json" };
import { percent } from "./src/eval/percent.ts";
import { InputError } from "./src/files/error.ts";
import { Device } from "./src/gpu/device.ts";
import { DeviceError } from "./src/gpu/error.ts";
import { helpText, overview } from "./src/options/help.ts";
import { nearest } from "./src/options/nearest.ts";
import { readOptions } from "./src/options/flags.ts";
import { ProgressDisplay } from "./src/options/progress.ts";
import type { Command, Context } from "./src/options/command.ts";
import { commands } from "./src/commands/mod.ts";

/** Runs one command line over the given commands and returns the exit status. */
export async function main(args: readonly string[], commands: readonly Command[]): Promise<number> {
  prepareDriver();
  const wantsHelp = args.some((arg) => arg === "--help" || arg === "-h");
  const end = args.findIndex((arg) => arg.startsWith("-"));
  const words = end === -1 ? args : args.slice(0, end);
  try {
    if (args[0] === "--version") {
      console.log(`henka ${project.version}`);
      return 0;
    }
    if (words.length === 0 && (wantsHelp || args.length === 0)) {
      console.log(overview(commands));
      return 0;
    }
    const command = findCommand(words, commands);
    if (command !== undefined && !wantsHelp) {
      return await run(command, args.slice(command.name.split(" ").length));
    }
    const family = commands.filter(({ name }) => name.startsWith(`${words.join(" ")} `));
    if (command === undefined && (family.length === 0 || !wantsHelp)) {
      throw unknownCommand(words, family, commands);
    }
    console.log(command ? helpText(command) : overview(family));
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** Quietens and steadies Mesa, which reads both variables when the first adapter is asked for. */
function prepareDriver(): void {
  if (Deno.build.os !== "linux") return;
  const defaults = { XDG_RUNTIME_DIR: "/tmp", DENO_WEBGPU_BACKEND: "vulkan" };
  for (const [name, value] of Object.entries(defaults)) {
    if (!Deno.env.get(name)) Deno.env.set(name, value);
  }
}

/** The command whose command is the longest beginning of `words`. */
function findCommand(words: readonly string[], commands: readonly Command[]): Command | undefined {
  const line = `${words.join(" ")} `;
  return commands.filter(({ name }) => line.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function unknownCommand(
  words: readonly string[],
  family: readonly Command[],
  commands: readonly Command[],
): InputError {
  const line = words.join(" ");
  if (line === "") return new InputError('Cannot run: no command is given. See "--help".');
  if (family.length > 0) {
    const known = family.map(({ name }) => `"${name}"`).join(" or ");
    return new InputError(`Cannot run "${line}": it is incomplete. Say ${known}.`);
  }
  const names = commands.map(({ name }) => name);
  const near = nearest(line, names) ?? nearest(words[0], names);
  const remedy = near ? `Did you mean "${near}"?` : 'See "--help" for all commands.';
  return new InputError(`Cannot run "${line}": there is no such command. ${remedy}`);
}

async function run(command: Command, args: readonly string[]): Promise<number> {
  const { config, profile, quiet } = readOptions(command, args);
  const display = new ProgressDisplay(quiet ? { write() {} } : process.stderr);
  const { signal, status } = interruption(display);
  let device: Promise<Device> | undefined;
  const context: Context = {
    device: () => device ??= Device.open({ profile }),
    progress: (label, total, from) => display.start(label, total, from),
    log: (line) => {
      display.clear();
      console.log(line);
    },
    signal,
  };
  try {
    await command.run(config, context);
    if (profile && device) console.error(profileTable(await (await device).profile()));
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    display.stop();
  }
  return status();
}

/** Aborts `signal` at the first Ctrl-C or SIGTERM; another one ends the process at once. */
function interruption(display: ProgressDisplay): { signal: AbortSignal; status(): number } {
  const controller = new AbortController();
  let status = 0;
  let first = 0;
  const listen = (signal: Deno.Signal, code: number) => {
    Deno.addSignalListener(signal, () => {
      // A terminal and the task runner may each deliver the same Ctrl-C.
      if (status !== 0 && performance.now() - first < 300) return;
      display.clear();
      if (status !== 0) {
        display.stop();
        Deno.exit(code);
      }
      [status, first] = [code, performance.now()];
      console.error("Stopping: saving what is done. Press Ctrl-C again to stop at once.");
      controller.abort(new DOMException("Stopped by the user", "AbortError"));
    });
  };
  listen("SIGINT", 130);
  if (Deno.build.os !== "windows") listen("SIGTERM", 143);
  return { signal: controller.signal, status: () => status };
}

/** One line for the user's mistakes, the stack for ours; returns the exit status. */
function report(error: unknown): number {
  const mistakes = [
    InputError,
    SyntaxError,
    DeviceError,
    Deno.errors.NotFound,
    Deno.errors.PermissionDenied,
    Deno.errors.NotADirectory,
    Deno.errors.IsADirectory,
  ];
  const mistake = mistakes.some((type) => error instanceof type);
  console.error(mistake ? (error as Error).message : error);
  return mistake ? 2 : 1;
}

/** The time of each kernel: milliseconds, share of all, dispatches, name. */
function profileTable(times: Awaited<ReturnType<Device["profile"]>>): string {
  const total = times.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const row = (...[ms, share, count, name]: string[]) =>
    `${ms.padStart(10)} ${share.padStart(6)} ${count.padStart(8)}  ${name}`;
  const rows = times.map(({ name, count, nanoseconds }) =>
    row(
      (nanoseconds / 1e6).toFixed(1),
      percent(nanoseconds / total),
      `${count}`,
      name,
    )
  );
  return [
    row("ms", "%", "count", "kernel"),
    ...rows,
    row((total / 1e6).toFixed(1), "", "", "all"),
  ].join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args, commands));
