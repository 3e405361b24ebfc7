import { commonFlags } from "./flags.ts";
import { optionsOf, placeholder } from "./schema.ts";
import type { Command } from "./command.ts";

/** The list of commands. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(0, ...commands.map(({ name }) => name.length)) + 3;
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  return `Usage: deno task <command> [options]\n\nCommands\n${rows.join("\n")}\n\n` +
    "A command with --help tells its options.";
}

/** The help of one command, generated from its schema. */
export function helpText(command: Command): string {
  const rows = optionsOf(command.config).map(({ flag, schema, required }) => {
    const boolean = schema.type === "boolean";
    const left = boolean ? `--[no-]${flag}` : `--${flag} ${placeholder(schema)}`;
    const fallback = schema.default === undefined ? "" : ` (default ${written(schema.default)})`;
    return [left, `${schema.description ?? ""}${required ? " (must be given)" : fallback}`];
  });
  const common = Object.entries(commonFlags).map(([flag, text]) => [
    flag === "config" ? "--config FILE" : `--${flag}`,
    text,
  ]);
  const example = command.example === undefined
    ? ""
    : `\n\nExample\n  deno task ${command.example}`;
  return `${command.summary}\n\nUsage: deno task ${command.name} [options]${example}\n\n` +
    `Options\n${table(rows)}\n\nOptions of every command\n${table(common)}`;
}

/** Two columns; a long left side puts the right one on a line of its own. */
function table(rows: readonly (readonly string[])[]): string {
  const width = 30;
  return rows.map(([left, right]) =>
    left.length <= width - 4
      ? `  ${left.padEnd(width - 2)}${right}`
      : `  ${left}\n${" ".repeat(width)}${right}`
  ).join("\n");
}

function written(value: unknown): string {
  if (value === null) return "none";
  return Array.isArray(value) ? value.join(",") : String(value);
}
