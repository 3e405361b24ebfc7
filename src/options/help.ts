import { commonFlags } from "./flags.ts";
import { sectionsOf } from "./groups.ts";
import { type Option, optionsOf, placeholder } from "./schema.ts";
import type { Command } from "./command.ts";

/** Commands that serve one purpose. */
export interface CommandGroup {
  /** The purpose, as a heading. */
  readonly title: string;
  /** The commands, in the order in which one comes to need them. */
  readonly commands: readonly Command[];
}

/** How the help is written. */
export interface HelpStyle {
  /** What a person types before a command's name: "henka", "deno task". */
  readonly program: string;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** The list of commands, by purpose. */
export function overview(groups: readonly CommandGroup[], style: HelpStyle): string {
  const { program } = style;
  const names = groups.flatMap(({ commands }) => commands.map(({ name }) => name));
  const indent = Math.max(0, ...names.map((name) => name.length)) + 5;
  const sections = groups.map(({ title, commands }) =>
    section(title, commands.map(({ name, summary }) => [name, summary]), indent, style)
  );
  return [
    `Usage: ${program} COMMAND [options]`,
    ...sections,
    `"${program} COMMAND --help" tells the options of a command.`,
  ].join("\n\n");
}

/** The help of one command, generated from its schema. */
export function helpText(command: Command, style: HelpStyle): string {
  const { program, columns } = style;
  const options = optionsOf(command.config);
  const needed = options.filter(({ required }) => required).map((option) =>
    option.flag === command.argument ? ` ${option.flag.toUpperCase()}` : ` ${written(option)}`
  );
  const example = command.example === undefined ? [] : [`Example\n  ${program} ${command.example}`];
  const common = Object.entries(commonFlags).filter(([flag]) => flag !== "json" || command.json)
    .map(([flag, text]) => [
      flag === "config" ? "--config FILE" : `--${flag}`,
      text,
    ]);
  return [
    wrapped(command.summary, columns).join("\n"),
    `Usage: ${program} ${command.name}${needed.join("")} [options]`,
    ...example,
    ...sectionsOf(options).map(({ heading, options }) =>
      section(heading, options.map((option) => [written(option), meaning(option)]), 30, style)
    ),
    section("Options of every command", common, 30, style),
  ].join("\n\n");
}

/** An option with what follows it: `--epochs N`, `--[no-]mirror`. */
export function written({ flag, schema }: Option): string {
  return schema.type === "boolean" ? `--[no-]${flag}` : `--${flag} ${placeholder(schema)}`;
}

/** The default of an option as one would write it; empty where there is none. */
export function defaultText({ schema: { default: value } }: Option): string {
  if (value === undefined) return "";
  if (value === null) return "none";
  return Array.isArray(value) ? value.join(",") : String(value);
}

function meaning(option: Option): string {
  const fallback = defaultText(option);
  return (option.schema.description ?? "") + (fallback === "" ? "" : ` (default ${fallback})`);
}

/** A heading over two columns; a long left side puts the right one on lines of its own. */
function section(
  heading: string,
  rows: readonly (readonly string[])[],
  indent: number,
  { columns }: HelpStyle,
): string {
  const lines = rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrapped(right, columns - indent);
    const head = left.length <= indent - 4
      ? [`  ${left}`.padEnd(indent) + first]
      : [`  ${left}`, " ".repeat(indent) + first];
    return [...head, ...rest.map((line) => " ".repeat(indent) + line)];
  });
  return [heading, ...lines].join("\n");
}

/** The words of a text in lines of at most `columns` letters, as far as the words allow. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
