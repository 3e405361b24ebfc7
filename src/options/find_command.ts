import { InputError } from "../files/error.ts";
import type { Command } from "./command.ts";
import { nearest } from "./nearest.ts";
import { callOfToday } from "./renamed.ts";

/** The command whose name is the longest beginning of `words`. */
export function findCommand(
  words: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  const line = `${words.join(" ")} `;
  if (callOfToday(line.trimEnd())) return undefined;
  return commands.filter(({ name }) => line.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

/** The commands of which `words` are only the beginning: "train" for "train static". */
export function familyOf(
  words: readonly string[],
  commands: readonly Command[],
): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${words.join(" ")} `));
}

/** Says that words call no command, and which may have been meant. */
export function unknownCommand(
  words: readonly string[],
  commands: readonly Command[],
  program: string,
): InputError {
  const line = words.join(" ");
  if (line === "") {
    return new InputError(`Cannot run: no command is given. See "${program} --help".`);
  }
  const family = familyOf(words, commands);
  if (family.length > 0) {
    const known = family.map(({ name }) => `"${program} ${name}"`).join(" or ");
    return new InputError(`Cannot run "${line}": it is incomplete. Say ${known}.`);
  }
  const today = callOfToday(line);
  if (today !== undefined) {
    const [call, options] = today;
    return new InputError(
      `Cannot run "${line}": ${
        call.split(" ")[0]
      } does that now. Say "${program} ${call}", with ${options}.`,
    );
  }
  const names = commands.map(({ name }) => name);
  const near = nearest(line, names) ?? nearest(words[0], names);
  const remedy = near ? `Did you mean "${near}"?` : `See "${program} --help" for all commands.`;
  return new InputError(`Cannot run "${line}": there is no such command. ${remedy}`);
}
