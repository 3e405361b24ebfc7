import * as z from "zod";
import { type Command, command } from "../options/command.ts";
import { completionScript, shells } from "../options/completion_script.ts";
import type { CommandGroup } from "../options/help.ts";

const config = z.strictObject({
  shell: z.enum(shells).describe("The shell that is to complete"),
});

/**
 * Prints what makes a shell complete commands, options and their values.
 *
 * @param groups gives all commands, this one among them
 */
export function completionsOf(groups: () => readonly CommandGroup[]): Command<typeof config> {
  return command({
    name: "completions",
    summary: "Print the completions of all commands and options for a shell.",
    example: "completions bash",
    config,
    argument: "shell",
    run({ shell }, { log }) {
      log(completionScript(shell, groups().flatMap(({ commands }) => commands)));
      return Promise.resolve();
    },
  });
}
