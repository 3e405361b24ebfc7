import { InputError } from "../files/error.ts";
import { parseJson } from "../files/json.ts";
import { shown } from "../files/shown.ts";
import type { Command } from "./command.ts";
import { nearest } from "./nearest.ts";
import { flagOf, optionsOf } from "./schema.ts";

/** The file in the working folder that has options for commands. */
export const PROJECT_FILE = "henka.json";

/** Options that come from the working folder. */
export interface ProjectOptions {
  /** The options, as a `--config` file would have them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What is said of them; nothing where there are none for the command. */
  readonly line?: string;
}

/**
 * The options of a command in the `henka.json` of the working folder. Its keys are names of commands, or
 * of their first word, with objects of options; those under "all" are for every command that has them.
 * What is said of a command alone comes before what is said of several.
 *
 * @throws {InputError} when it is damaged, or names a command or an option that does not exist.
 */
export function projectOptions(
  command: Command,
  commands: readonly Command[],
): ProjectOptions {
  let text: string;
  try {
    text = Deno.readTextFileSync(PROJECT_FILE);
  } catch {
    return { options: {} }; // it is not there, or may not be read, which is nobody's intention
  }
  const sections = objectOf(parsed(text), PROJECT_FILE);
  const names = commands.map(({ name }) => name);
  const families = ["all", ...names.map((name) => name.split(" ")[0])];
  const found: Record<string, unknown> = {};
  const own = new Set(keysOf(command));
  for (const section of Object.keys(sections)) {
    if (!names.includes(section) && !families.includes(section)) {
      throw refused(section, "there is no such command", nearest(section, [...names, "all"]));
    }
    const concerned = commands.filter(({ name }) =>
      section === "all" || name === section || name.startsWith(`${section} `)
    );
    const known = new Set(concerned.flatMap(keysOf));
    for (const key of Object.keys(objectOf(sections[section], `${section} of ${PROJECT_FILE}`))) {
      if (!known.has(key)) {
        throw refused(`${section}: ${key}`, "no such option", nearest(key, [...known]));
      }
    }
  }
  // From the general to the particular, in whatever order they are written.
  for (const section of ["all", command.name.split(" ")[0], command.name]) {
    for (const [key, value] of Object.entries(Object(sections[section]))) {
      if (own.has(key)) found[key] = value;
    }
  }
  const flags = Object.entries(found).map(([key, value]) =>
    `--${flagOf([key])} ${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return {
    options: found,
    line: flags.length > 0 ? `Options of ${PROJECT_FILE}: ${flags.join(" ")}` : undefined,
  };
}

/** The names of a command's options, without those inside of objects. */
function keysOf({ config }: Command): readonly string[] {
  return [...new Set(optionsOf(config).map(({ path }) => path[0]))];
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new InputError(`Cannot read ${PROJECT_FILE}: ${message}. Mend it, or delete it.`, {
      cause,
    });
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InputError(
    `Cannot use ${what}: it is ${shown(value)}, no object. Write { "all": { "data": "photos" } }.`,
  );
}

function refused(what: string, reason: string, near?: string): InputError {
  const remedy = near === undefined ? "Mend it, or delete it." : `Did you mean "${near}"?`;
  return new InputError(`Cannot use "${what}" of ${PROJECT_FILE}: ${reason}. ${remedy}`);
}
