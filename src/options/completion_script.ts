import type { Command } from "./command.ts";
import { commonFlags } from "./flags.ts";
import { type Option, optionsOf, type ValueSchema } from "./schema.ts";

/** The shells that are known. */
export const shells = ["bash", "zsh", "fish"] as const;

/** What the program is called where it completes. */
const PROGRAM = "henka";

/**
 * The script that makes a shell complete `henka`, by the schemas of the commands. It asks nobody: what
 * can be completed stands in it.
 */
export function completionScript(
  shell: typeof shells[number],
  commands: readonly Command[],
): string {
  if (shell === "fish") return fishScript(commands);
  const bash = bashScript(commands);
  return shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}

/** All flags of a command. */
function flagsOf(command: Command): readonly string[] {
  const own = optionsOf(command.config).flatMap(({ flag, schema }) =>
    schema.type === "boolean" ? [`--${flag}`, `--no-${flag}`] : [`--${flag}`]
  );
  const common = Object.keys(commonFlags).filter((flag) => flag !== "json" || command.json);
  return [...own, ...common.map((flag) => `--${flag}`)];
}

/** The words that the first word behind a command may be, where these are few and known. */
function firstWords(command: Command): readonly string[] {
  const { argument } = command;
  if (argument === undefined) return [];
  return valued(command).find(([{ path }]) => path[0] === argument)?.[1] ?? [];
}

/** The words that an option takes, where these are few and known. */
function wordsOf({ enum: words, anyOf, const: one, items }: ValueSchema): readonly string[] {
  if (words) return words.map(String);
  if (one !== undefined) return [String(one)];
  if (items) return wordsOf(items);
  return (anyOf ?? []).flatMap(wordsOf);
}

function valued(command: Command): readonly (readonly [Option, readonly string[]])[] {
  return optionsOf(command.config).map((option) => [option, wordsOf(option.schema)] as const)
    .filter(([, words]) => words.length > 0);
}

function bashScript(commands: readonly Command[]): string {
  // The longest names first: "export masks" before "export".
  const sorted = commands.toSorted((a, b) => b.name.length - a.name.length);
  const cases = sorted.map((command) => {
    const words = valued(command).map(([{ flag }, words]) =>
      `        --${flag}) words="${words.join(" ")}" ;;`
    );
    const first = firstWords(command).join(" ");
    const offered = first ? `words="${first}"` : command.argument === undefined ? "" : "files=1";
    return [
      `    "${command.name} "*)`,
      `      flags="${flagsOf(command).join(" ")}"`,
      ...(offered ? [`      [[ $line == "${command.name} " ]] && ${offered}`] : []),
      "      case $previous in",
      ...words,
      "      esac ;;",
    ].join("\n");
  });
  return `_${PROGRAM}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local line="\${COMP_WORDS[*]:1:$((COMP_CWORD - 1))} " flags="" words="" files=""
  COMPREPLY=()
  case $line in
${cases.join("\n")}
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ $previous == --* || -n $files ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  fi
  # Names of commands, word by word.
  if [[ $line != *-* ]]; then
    local name rest
    while read -r name; do
      [[ "$name " == "\${line# }"* && "$name " != "\${line# }" ]] || continue
      rest=\${name#"\${line# }"}
      COMPREPLY+=($(compgen -W "\${rest%% *}" -- "$current"))
    done <<'NAMES'
${commands.map(({ name }) => name).join("\n")}
NAMES
  fi
}
complete -o filenames -F _${PROGRAM} ${PROGRAM}`;
}

function fishScript(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const said = (condition: string, flag: string, description: string, rest = "") =>
    `complete -c ${PROGRAM} -n ${quoted(condition)} -l ${flag}${rest} -d ${quoted(description)}`;
  const words = (typed: string, offered: string) =>
    `complete -c ${PROGRAM} -f -n ${quoted(`__${PROGRAM}_words ${typed}`)} -a ${quoted(offered)}`;
  const lines = commands.flatMap((command) => {
    const { name, summary } = command;
    const [last, ...before] = name.split(" ").reverse();
    const longer = commands.filter((other) => other.name.startsWith(`${name} `));
    const own = [`__${PROGRAM}_is ${name}`, ...longer.map((o) => `not __${PROGRAM}_is ${o.name}`)]
      .join("; and ");
    const first = firstWords(command).join(" ");
    const common = Object.entries(commonFlags).filter(([flag]) => flag !== "json" || command.json);
    return [
      `${words(before.join(" "), last)} -d ${quoted(summary)}`,
      ...(before.length > 0 ? [words("", before[0])] : []),
      ...(first ? [words(name, first)] : []),
      ...optionsOf(command.config).flatMap((option) => {
        const { flag, schema: { type, description = "" } } = option;
        if (type === "boolean") {
          return [flag, `no-${flag}`].map((flag) => said(own, flag, description));
        }
        const values = wordsOf(option.schema).join(" ");
        return said(own, flag, description, ` -r${values ? ` -f -a ${quoted(values)}` : ""}`);
      }),
      ...common.map(([flag, what]) => said(own, flag, what, flag === "config" ? " -r" : "")),
    ];
  });
  return [
    `function __${PROGRAM}_typed`,
    "  string match -v -- '-*' (commandline -opc)[2..-1]",
    "end",
    `function __${PROGRAM}_words`,
    `  set -l typed (__${PROGRAM}_typed)`,
    '  test "$argv" = "$typed"',
    "end",
    `function __${PROGRAM}_is`,
    `  set -l typed (__${PROGRAM}_typed)`,
    '  string match -q -- "$argv *" "$typed "',
    "end",
    ...new Set(lines),
  ].join("\n");
}
