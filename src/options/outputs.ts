import { dirname } from "@std/path";
import type * as z from "zod";
import type { Command, ConfigOf, ConfigSchema } from "./command.ts";
import { optionsOf } from "./schema.ts";

/** What an option names that its command writes. */
export type Output = "folder" | "file";

/** The same option, noted to name what its command writes; see {@linkcode outputsOf}. */
export function output<Schema extends z.ZodType>(option: Schema, what: Output = "folder"): Schema {
  return option.meta({ output: what });
}

/**
 * The folders that a command writes to, and nowhere else: those that its options name, the folders of
 * the files that they name, and what its `writes` adds.
 *
 * @throws {InputError} when what `writes` has to read is missing.
 */
export async function outputsOf<Schema extends ConfigSchema>(
  command: Command<Schema>,
  config: ConfigOf<Schema>,
): Promise<readonly string[]> {
  const named = optionsOf(command.config).flatMap(({ path, schema: { output } }) => {
    const value = path.reduce((value: unknown, key) => (value as never)?.[key], config);
    if (output === undefined || typeof value !== "string") return [];
    return [output === "file" ? dirname(value) : value];
  });
  return [...new Set([...named, ...await command.writes?.(config) ?? []])];
}
