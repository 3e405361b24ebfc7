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
    const [first] = command.argument === undefined
      ? []
      : valued(command).filter(([{ path }]) => path[0] === command.argument);
    return [
      `    "${command.name} "*)`,
      `      flags="${flagsOf(command).join(" ")}"`,
      ...(first
        ? [`      [[ $line == "${command.name} " ]] && words="${first[1].join(" ")}"`]
        : []),
      "      case $previous in",
      ...words,
      "      esac ;;",
    ].join("\n");
  });
  return `_${PROGRAM}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local line="\${COMP_WORDS[*]:1:COMP_CWORD-1} " flags="" words=""
  COMPREPLY=()
  case $line in
${cases.join("\n")}
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ $previous == --* || -n $flags ]]; then
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
  const lines = commands.flatMap((command) => {
    const { name, summary } = command;
    const words = name.split(" ");
    const before = words.slice(0, -1);
    const own = `__${PROGRAM}_is ${name}`;
    return [
      `complete -c ${PROGRAM} -f -n ${quoted(`__${PROGRAM}_words ${before.join(" ")}`)} -a ${
        quoted(words.at(-1)!)
      } -d ${quoted(summary)}`,
      ...(before.length > 0
        ? [
          `complete -c ${PROGRAM} -f -n ${quoted(`__${PROGRAM}_words`)} -a ${quoted(before[0])}`,
        ]
        : []),
      ...optionsOf(command.config).map((option) => {
        const { flag, schema: { type, description = "" } } = option;
        const values = wordsOf(option.schema);
        return `complete -c ${PROGRAM} -n ${quoted(own)} -l ${flag}${
          type === "boolean" ? "" : " -r"
        }${values.length > 0 ? ` -f -a ${quoted(values.join(" "))}` : ""} -d ${
          quoted(description)
        }`;
      }),
    ];
  });
  return [
    `function __${PROGRAM}_typed`,
    "  string match -v -- '-*' (commandline -opc)[2..-1]",
    "end",
    `function __${PROGRAM}_words`,
    `  test "$argv" = (string join ' ' (__${PROGRAM}_typed))`,
    "end",
    `function __${PROGRAM}_is`,
    `  string match -q -- "$argv*" (string join ' ' (__${PROGRAM}_typed))`,
    "end",
    ...new Set(lines),
  ].join("\n");
}
