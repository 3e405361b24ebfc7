import { commonFlags } from "./options.ts";
import { optionsOf, placeholder } from "./schema.ts";
import type { Stage } from "./stage.ts";

/** The list of commands. */
export function overview(stages: readonly Stage[]): string {
  const width = Math.max(0, ...stages.map(({ command }) => command.length)) + 3;
  const rows = stages.map(({ command, summary }) => `  ${command.padEnd(width)}${summary}`);
  return `Usage: deno task <command> [options]\n\nCommands\n${rows.join("\n")}\n\n` +
    "A command with --help tells its options.";
}

/** The help of one stage, generated from its schema. */
export function helpText(stage: Stage): string {
  const rows = optionsOf(stage.config).map(({ flag, schema, required }) => {
    const boolean = schema.type === "boolean";
    const left = boolean ? `--[no-]${flag}` : `--${flag} ${placeholder(schema)}`;
    const fallback = schema.default === undefined ? "" : ` (default ${written(schema.default)})`;
    return [left, `${schema.description ?? ""}${required ? " (must be given)" : fallback}`];
  });
  const common = Object.entries(commonFlags).map(([flag, text]) => [
    flag === "config" ? "--config FILE" : `--${flag}`,
    text,
  ]);
  const example = stage.example === undefined ? "" : `\n\nExample\n  deno task ${stage.example}`;
  return `${stage.summary}\n\nUsage: deno task ${stage.command} [options]${example}\n\n` +
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
