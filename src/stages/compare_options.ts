import { InputError } from "../data/error.ts";
import { objectSchema } from "../pipeline/schema.ts";
import type { Stage } from "../pipeline/stage.ts";

/** Options by name. */
export type Options = Readonly<Record<string, unknown>>;

/**
 * The configuration of a stage from its own options and, of those that are offered to all, the ones
 * that it has.
 *
 * @throws {InputError} naming `whose` options they are when the stage refuses one.
 */
export function stageConfig(
  stage: Stage,
  whose: string,
  own: Options,
  offered: Options = {},
): Options {
  const schema = objectSchema(stage.config);
  const taken = Object.entries(offered).filter(([key]) => key in schema.shape);
  const read = schema.safeParse({ ...Object.fromEntries(taken), ...own });
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  const option = path.length > 0 ? `${path.join(".")}: ` : "";
  throw new InputError(
    `Cannot use the options of ${whose}: ${option}${message}. See "${stage.command} --help".`,
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
