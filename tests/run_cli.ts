// Runs the command line as a process of its own, as a person does.
import { fromFileUrl } from "@std/path";

/** The project's folder. */
export const root: string = fromFileUrl(import.meta.resolve("../"));
/** A command line of made-up commands, each ending in its own way. */
export const sample: string = fromFileUrl(import.meta.resolve("./cli_commands.ts"));
/** The real one. */
export const real: string = fromFileUrl(import.meta.resolve("../cli.ts"));

/** Where and how it runs. */
export interface Surroundings {
  /** Environment variables, besides those of the tests. */
  readonly env?: Record<string, string>;
  /** Its folder; the project's unless given. */
  readonly cwd?: string;
  /** What Deno allows it; everything unless given. */
  readonly permissions?: readonly string[];
}

/** A process that runs a script with arguments, its output piped. */
export function child(
  script: string,
  args: readonly string[],
  { env = {}, cwd = root, permissions = ["-A"] }: Surroundings = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...permissions, script, ...args],
    env: { NO_COLOR: "1", ...env },
    cwd,
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a script to its end: its status and what it wrote. */
export async function run(
  script: string,
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return await ended(child(script, args));
}

/** Runs a process to its end. */
export async function ended(
  process: Deno.Command,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { code, stdout, stderr } = await process.output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}
