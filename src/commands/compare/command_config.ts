import { InputError } from "../../files/error.ts";
import { nameOfToday } from "../../options/renamed.ts";
import { objectSchema } from "../../options/schema.ts";
import type { Command } from "../../options/command.ts";

/** Options by name. */
export type Options = Readonly<Record<string, unknown>>;

/**
 * The configuration of a command from its own options and, of those that are offered to all, the ones
 * that it has.
 *
 * @throws {InputError} naming `whose` options they are when the command refuses one.
 */
export function commandConfig(
  command: Command,
  whose: string,
  own: Options,
  offered: Options = {},
): Options {
  const schema = objectSchema(command.config);
  const taken = Object.entries(offered).filter(([key]) => key in schema.shape);
  const read = schema.safeParse({ ...Object.fromEntries(taken), ...own });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const { path, message } = issue;
  const [unknown = ""] = issue.code === "unrecognized_keys" ? issue.keys : [];
  const today = nameOfToday(command.name, unknown);
  const option = path.length > 0 ? `${path.join(".")}: ` : "";
  throw new InputError(
    `Cannot use the options of ${whose}: ` +
      (today === undefined
        ? `${option}${message}. See the help of ${command.name}.`
        : `"${unknown}" is called "${today}" now.`),
  );
}

/** The options with every "{name}" as the path that `resolve` gives for the name. */
export async function resolved(
  options: Options,
  resolve: (name: string) => Promise<string>,
): Promise<Options> {
  const paths: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) { // one after another: each may be a training
    const name = typeof value === "string" ? /^\{(.*)\}$/.exec(value)?.[1] : undefined;
    paths[key] = name === undefined ? value : await resolve(name);
  }
  return paths;
}
