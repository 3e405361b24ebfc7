/**
 * The command line: finds the command that the words name, reads its options, runs it.
 *
 * Exit status: 0 done; 2 a mistake in what the user gave, told in one line; 1 a defect of the
 * program, with its stack; 130 stopped by Ctrl-C, 143 by SIGTERM, 138 by SIGUSR1, 140 by SIGUSR2
 * and 129 by a closed terminal, with the work saved.
 *
 * @example The version, as `henka --version` prints it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { main } from "@henka/henka/cli";
 *
 * assertEquals(await main(["--version"], []), 0);
 * ```
 *
 * @module
 */
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { Device } from "./src/gpu/device.ts";
import type { DeviceOptions } from "./src/gpu/open_adapter.ts";
import { freeMemory } from "./src/files/system.ts";
import { joinRanks } from "./src/mpi/join_ranks.ts";
import { launched } from "./src/mpi/launcher.ts";
import type { Ranks } from "./src/mpi/ranks.ts";
import type { Command, Context } from "./src/options/command.ts";
import { familyOf, findCommand, unknownCommand } from "./src/options/find_command.ts";
import { readOptions } from "./src/options/flags.ts";
import { type CommandGroup, helpText, overview } from "./src/options/help.ts";
import { mistakeOf } from "./src/options/mistake.ts";
import { narrowPermissions } from "./src/options/narrow_permissions.ts";
import { outputsOf } from "./src/options/outputs.ts";
import { version } from "./src/files/version.ts";
import { type ProjectOptions, projectOptions } from "./src/options/project_file.ts";
import { profileTable } from "./src/options/profile_table.ts";
import { mayTune, openTuning, tuningFolder } from "./src/options/tuning.ts";
import { ProgressDisplay } from "./src/options/progress.ts";
import { commandGroups } from "./src/commands/mod.ts";

/** Runs one command line over the given commands and returns the exit status. */
export async function main(
  args: readonly string[],
  groups: readonly CommandGroup[],
): Promise<number> {
  // Whoever reads what is said may leave before the end (`| head -1`): the work goes on.
  process.stderr.on("error", () => {});
  const program = programName();
  const style = { program, columns: Math.min(100, process.stdout.columns || 80) };
  const commands = groups.flatMap((group) => group.commands);
  const wantsHelp = args.some((arg) => arg === "--help" || arg === "-h");
  const end = args.findIndex((arg) => arg.startsWith("-"));
  const words = end === -1 ? args : args.slice(0, end);
  try {
    if (args[0] === "--version") {
      console.log(`henka ${version}`);
      return 0;
    }
    if (words.length === 0 && (wantsHelp || args.length === 0)) {
      console.log(overview(groups, style));
      return 0;
    }
    const command = findCommand(words, commands);
    if (command !== undefined && !wantsHelp) {
      return await run(command, args.slice(command.name.split(" ").length), program, commands);
    }
    const family = groups.map(({ title, commands }) => {
      return { title, commands: familyOf(words, commands) };
    }).filter(({ commands }) => commands.length > 0);
    if (command === undefined && (family.length === 0 || !wantsHelp)) {
      throw unknownCommand(words, commands, program);
    }
    if (command !== undefined) console.log(helpText(command, style));
    if (family.length > 0) console.log((command ? "\n" : "") + overview(family, style));
    return 0;
  } catch (error) {
    const mistake = mistakeOf(error);
    console.error(mistake ?? error);
    return mistake === undefined ? 1 : 2;
  }
}

/**
 * What a person types before the command's name: `deno task` in a checkout, where the tasks are, `npx`
 * where npm has installed the package, and elsewhere the name under which the program is installed.
 */
function programName(): string {
  if (import.meta.url.includes("/node_modules/")) return "npx henka";
  try {
    return Deno.cwd() === import.meta.dirname ? "deno task" : "henka";
  } catch {
    return "henka"; // the folder was removed, or may not be asked for
  }
}

/** Runs a command, alone or as one of the processes that a launcher has started for it. */
async function run(
  command: Command,
  args: readonly string[],
  program: string,
  commands: readonly Command[],
): Promise<number> {
  const own = args.some((arg) => /^--config(=|$)/.test(arg));
  const project: ProjectOptions = own ? { options: {} } : projectOptions(command, commands);
  const launch = command.together ? launched(allowedVariable) : undefined;
  if (launch === undefined) return await runOne(command, args, program, project);
  let ranks: Ranks | undefined;
  try {
    return await runOne(command, args, program, project, () => ranks = joinRanks(launch));
  } catch (error) {
    // One of them tells it: the first for all, unless it has no reason to, and then the next.
    if (launch.rank > 0) await delay(2000 + 100 * Math.min(launch.rank, 40));
    const mistake = mistakeOf(error);
    console.error(mistake === undefined ? error : `Rank ${launch.rank}: ${mistake}`);
    const status = mistake === undefined ? 1 : 2;
    await delay(300); // for the launcher to pass the line on, before it ends all
    ranks?.abort(status);
    return status;
  }
}

/** An environment variable that the program may read. */
function allowedVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

async function runOne(
  command: Command,
  args: readonly string[],
  program: string,
  project: ProjectOptions,
  join?: () => Ranks,
): Promise<number> {
  const options = readOptions(command, args, program, project.options);
  const ranks = join?.();
  const tuning = options.tune && mayTune() ? tuningFolder() : undefined;
  const memory = freeMemory(); // facts about the system are not to be had afterwards
  const outputs = await outputsOf(command, options.config);
  await narrowPermissions(tuning ? [...outputs, tuning] : outputs, command);
  const silent = ranks !== undefined && ranks.rank > 0; // the first speaks for all
  const display = new ProgressDisplay(
    options.quiet || silent ? { write() {} } : process.stderr,
  );
  const { signal, status } = interruption(display, silent);
  let device: Promise<Device> | undefined;
  const context: Context = {
    device: () => device ??= openDevice(options, tuning ? context : undefined),
    progress: (label, total, from) => display.start(label, total, from),
    log: (line) => {
      if (silent) return;
      display.clear();
      if (options.json) console.error(line); // stdout is for the result alone
      else console.log(line);
    },
    ...(options.json && !silent && {
      result: (value: unknown) => console.log(JSON.stringify(value, null, 2)),
    }),
    signal,
    memory,
    ranks,
  };
  try {
    if (project.line !== undefined && !silent) console.error(project.line);
    const { config, given } = options;
    await command.run(await command.settled?.(config, given, context.log) ?? config, context);
    if (options.profile && device) console.error(profileTable(await (await device).profile()));
  } catch (error) {
    if (!ranks?.stopping && (!signal.aborted || error !== signal.reason)) throw error;
    if (ranks && !ranks.stopping) ranks.abort(status()); // the others know nothing of it
  } finally {
    display.stop();
  }
  await ranks?.finish();
  return status() || (ranks?.stopping ? 143 : 0);
}

/** Quietens and steadies Mesa first, which reads both variables when an adapter is asked for. */
async function openDevice(options: DeviceOptions, tuning?: Context): Promise<Device> {
  const defaults = { XDG_RUNTIME_DIR: "/tmp", DENO_WEBGPU_BACKEND: "vulkan" };
  for (const [name, value] of Deno.build.os === "linux" ? Object.entries(defaults) : []) {
    if (!Deno.env.get(name)) Deno.env.set(name, value);
  }
  const { profile, requireGpu } = options;
  const device = await Device.open({ profile, requireGpu });
  if (tuning) await openTuning(device, tuning);
  return device;
}

/** Aborts `signal` at the first signal to stop; another one ends the process at once. */
function interruption(
  display: ProgressDisplay,
  silent: boolean,
): { signal: AbortSignal; status(): number } {
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
      if (!silent) {
        console.error("Stopping: saving what is done. Press Ctrl-C again to stop at once.");
      }
      controller.abort(new DOMException("Stopped by the user", "AbortError"));
    });
  };
  listen("SIGINT", 130);
  if (Deno.build.os === "windows") return { signal: controller.signal, status: () => status };
  listen("SIGTERM", 143);
  // Slurm sends one of these before the time is over, and mpirun passes them on.
  listen("SIGUSR1", 138);
  listen("SIGUSR2", 140);
  // One that shows nothing on a terminal, such as with `nohup`, outlives it.
  const shown = [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  if (shown) listen("SIGHUP", 129);
  else Deno.addSignalListener("SIGHUP", () => {});
  return { signal: controller.signal, status: () => status };
}

if (import.meta.main) Deno.exit(await main(Deno.args, commandGroups));
