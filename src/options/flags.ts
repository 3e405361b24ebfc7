import { parseArgs } from "@std/cli/parse-args";
import type * as z from "zod";
import { InputError } from "../files/error.ts";
import { fileError } from "../files/file_error.ts";
import { shown } from "../files/shown.ts";
import { nearest } from "./nearest.ts";
import { PROJECT_FILE } from "./project_file.ts";
import { nameOfToday } from "./renamed.ts";
import { flagOf, objectSchema, type Option, optionsOf, placeholder, valueOf } from "./schema.ts";
import type { Command, ConfigOf, ConfigSchema } from "./command.ts";

/** The flags that every command understands, with what they do. */
export const commonFlags: Readonly<
  Record<"config" | "help" | "json" | "no-tune" | "profile" | "quiet" | "require-gpu", string>
> = {
  config: "Reads options from a JSON file; flags given beside it come first",
  help: "Prints this text",
  json: "Prints the result as JSON, with all else on stderr; for commands that have figures",
  "no-tune": "Measures no kernels: takes those that are usual, even where others were faster",
  profile: "Prints the time spent in every GPU kernel at the end",
  quiet: "Shows no progress",
  "require-gpu": "Refuses to run on a software adapter",
};

/** A command line that was understood. */
export interface Options<Config> {
  /** The command's configuration, checked, with its defaults. */
  readonly config: Config;
  /** What of it was written, without defaults. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Whether to print the time of every kernel. */
  readonly profile: boolean;
  /** Whether to show no progress. */
  readonly quiet: boolean;
  /** Whether to refuse a software adapter. */
  readonly requireGpu: boolean;
  /** Whether to print the result as JSON. */
  readonly json: boolean;
  /** Whether kernels may be chosen by measuring. */
  readonly tune: boolean;
}

/**
 * Reads a command's flags and `--config` file into its configuration.
 *
 * `--image-size 256` sets `imageSize`; a truth value is `--flip` or `--no-flip`; a list is
 * `--scales 1,2` or the flag repeated; a nested value is `--crf.steps 5`. A first word without a flag is
 * for the command's `argument`, where it has one.
 *
 * @param defaults options that hold where neither a flag nor the file has them
 * @param program what a person types before the command's name, for the remedies
 * @throws {InputError} for what is unknown, missing or refused by the schema.
 */
export function readOptions<Schema extends ConfigSchema>(
  command: Command<Schema>,
  args: readonly string[],
  program: string,
  defaults: Readonly<Record<string, unknown>> = {},
): Options<ConfigOf<Schema>> {
  const options = optionsOf(command.config);
  const { argument, example = "" } = command;
  const call: Call = {
    name: command.name,
    json: command.json ?? false,
    options,
    hint: `See "${program} ${command.name} --help".`,
    ...(argument && { argument: flagOf([argument]), example: `${program} ${example}` }),
  };
  const [first, ...rest] = args;
  const named = argument !== undefined && first !== undefined && !first.startsWith("-");
  const flags = readFlags(call, named ? [`--${flagOf([argument])}=${first}`, ...rest] : args);
  const given = flags.config === undefined
    ? structuredClone(defaults) as Record<string, unknown>
    : readConfig(String(flags.config));
  for (const option of options) {
    const value = flagValue(option, flags[option.flag]);
    if (value !== undefined) set(given, option.path, value);
  }
  const result = objectSchema(command.config).safeParse(given);
  if (!result.success) throw refusal(call, result.error, given, flags);
  const config = result.data as ConfigOf<Schema>;
  const isSet = (flag: string) => flags[flag] === true;
  return {
    config,
    given,
    profile: isSet("profile"),
    quiet: isSet("quiet"),
    json: isSet("json"),
    requireGpu: isSet("require-gpu"),
    tune: !isSet("no-tune"),
  };
}

/** What is called, for messages. */
interface Call {
  /** The command's name. */
  readonly name: string;
  /** Whether it has a result for `--json`. */
  readonly json: boolean;
  /** Its options. */
  readonly options: readonly Option[];
  /** Where its options are explained. */
  readonly hint: string;
  /** The flag of what may be given as a word alone, and a command line that does so. */
  readonly argument?: string;
  readonly example?: string;
}

type Flags = Readonly<Record<string, string | string[] | boolean | undefined>>;

/** What was written for each flag: texts, a truth value, or nothing. */
function readFlags(call: Call, args: readonly string[]): Flags {
  const flags = call.options.map((option) => option.flag);
  const isBoolean = new Set(
    call.options.filter(({ schema }) => schema.type === "boolean").map((option) => option.flag),
  );
  const booleans = [...isBoolean];
  const texts = flags.filter((flag) => !isBoolean.has(flag));
  const common = Object.keys(commonFlags).filter((flag) => flag !== "json" || call.json);
  const known = [...flags, ...common];
  const parsed = parseArgs(bindValues(args), {
    string: [...texts, "config"],
    collect: texts,
    boolean: [...booleans, ...common.filter((flag) => flag !== "config")],
    negatable: booleans,
    default: Object.fromEntries(booleans.map((flag) => [flag, undefined])),
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownFlag(call, key, known);
      throw strayWord(call, arg, args);
    },
  });
  // parseArgs nests "crf.steps" as { crf: { steps } }.
  const at = (flag: string) =>
    flag.split(".").reduce((value: unknown, key) => (value as Flags)?.[key], parsed);
  return Object.fromEntries(known.map((flag) => [flag, at(flag)])) as Flags;
}

/** A word that no option takes: behind those of a list it was meant as one more. */
function strayWord({ options, hint }: Call, word: string, args: readonly string[]): InputError {
  const list = args.slice(0, args.indexOf(word)).findLast((arg) => arg.startsWith("-"));
  const [flag, value = args[args.indexOf(list!) + 1]] = list?.split("=") ?? [];
  const takes = options.find((option) => `--${option.flag}` === flag)?.schema.type === "array";
  const remedy = takes ? `Write ${flag} ${value},${word}.` : hint;
  return new InputError(`Cannot use "${word}": options are given by name. ${remedy}`);
}

/** `--bias -3` as `--bias=-3`: parseArgs would take -3 for a flag, and nothing ("") for a word. */
function bindValues(args: readonly string[]): string[] {
  const bound: string[] = [];
  for (const arg of args) {
    const last = bound.at(-1);
    if (/^(-[\d.]|$)/.test(arg) && last?.startsWith("--") && !last.includes("=")) {
      bound[bound.length - 1] = `${last}=${arg}`;
    } else bound.push(arg);
  }
  return bound;
}

function unknownFlag({ name, hint }: Call, flag: string, known: readonly string[]): InputError {
  const dashed = flag.length === 1 ? `-${flag}` : `--${flag}`;
  const bare = flag.replace(/^no-/, "");
  const today = nameOfToday(name, bare);
  if (today !== undefined) {
    return new InputError(`Cannot use ${dashed}: it is called --${flagOf(today.split("."))} now.`);
  }
  const near = nearest(bare, known);
  const nested = known.filter((own) => own.endsWith(`.${bare}`)); // of the steps of seeds, for one
  const meant = nested.length > 0 ? nested : near === undefined ? [] : [near];
  const remedy = meant.length === 0
    ? hint
    : `Did you mean ${meant.map((own) => `--${own}`).join(" or ")}?`;
  return new InputError(`Cannot use ${dashed}: ${name} has no such option. ${remedy}`);
}

function flagValue(option: Option, written: Flags[string]): unknown {
  if (written === undefined || typeof written === "boolean") return written;
  const texts = typeof written === "string" ? [written] : written;
  if (texts.length === 0) return undefined;
  if (texts.includes("") && option.schema.type !== "array") {
    throw new InputError(
      `Cannot use --${option.flag}: it has no value. Write --${option.flag}=VALUE.`,
    );
  }
  const text = option.schema.type === "array" ? texts.join(",") : texts[texts.length - 1];
  return valueOf(text, option.schema);
}

function readConfig(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
  const remedy = 'Write one like { "imageSize": 128 }, or leave --config out.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new InputError(`Cannot read ${path}: it is no JSON (${message}). ${remedy}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InputError(`Cannot use ${path}: it is no JSON object of options. ${remedy}`);
}

function set(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (rest.length === 0) target[key] = value;
  else {
    target[key] ??= {};
    if (typeof target[key] !== "object") return; // the schema refuses it
    set(target[key] as Record<string, unknown>, rest, value);
  }
}

/** The first objection of the schema, as a sentence about the flag or the file it came from. */
function refusal(
  { name, options, hint, argument, example }: Call,
  error: z.ZodError,
  given: unknown,
  flags: Flags,
): InputError {
  const issue = error.issues[0];
  const file = flags.config ?? PROJECT_FILE; // where an option is from that no flag has
  if (issue.code === "unrecognized_keys") {
    const key = [...issue.path, issue.keys[0]].join(".");
    const today = nameOfToday(name, key);
    if (today !== undefined) {
      return new InputError(`Cannot use "${key}" of ${file}: it is called "${today}" now.`);
    }
    const near = nearest(key, options.map((option) => option.path.join(".")));
    const remedy = near === undefined ? hint : `Did you mean "${near}"?`;
    return new InputError(`Cannot use "${key}" of ${file}: no such option. ${remedy}`);
  }
  const at = options.find(({ path }) => path.every((key, i) => key === issue.path[i]));
  const value = issue.path.reduce((value, key) => (value as never)?.[key], given);
  const reason = at !== undefined && issue.code === "invalid_union"
    ? `expected ${placeholder(at.schema)}`
    : issue.message.replace(/^Invalid \w+: /, "").replace(/^Too (big|small): /, "");
  const from = at && flagValue(at, flags[at.flag]) !== undefined ? "" : ` of ${file}`;
  const word = at !== undefined && at.flag === argument;
  const problem = at === undefined
    ? `Cannot use "${issue.path.join(".")}" of ${file}: ${reason}.`
    : value === undefined
    ? `Cannot run ${name}: ` +
      (word
        ? `${at.flag.toUpperCase()} must be given, as in "${example}".`
        : `--${at.flag} must be given.`)
    : `Cannot use ${word ? "" : `--${at.flag} `}${shown(value)}${from}: ${reason}.`;
  return new InputError(`${problem} ${hint}`);
}
