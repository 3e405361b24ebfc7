import type { Device } from "../gpu/device.ts";
import type { Ranks } from "../mpi/ranks.ts";

/** The progress of one counted piece of work, shown to the person at the terminal. */
export interface Progress {
  /** Says that `done` items are finished; `extra` is a short remark such as a loss. */
  update(done: number, extra?: string): void;
  /** Ends the display; calling it twice does no harm. */
  done(): void;
}

/** What a command may ask of the program that runs it. */
export interface Context {
  /** The GPU, opened at the first call; a command that never calls it needs no driver. Throws DeviceError. */
  device(): Promise<Device>;
  /** Starts the display of work that has `total` items, `from` of which were done before. */
  progress(label: string, total: number, from?: number): Progress;
  /** Says one line, such as a result, to the person at the terminal. */
  log(line: string): void;
  /**
   * Gives the result as data, to be printed where `--json` asks for it; what `log` says goes to stderr
   * then. Only commands that say `json` call it; it is missing where nobody asks.
   */
  result?(value: unknown): void;
  /** Aborts at the first Ctrl-C: the command saves what it has and throws `signal.reason`. */
  readonly signal: AbortSignal;
  /** Bytes of memory that were free when the program began; missing where that is not known. */
  readonly memory?: number;
  /** The processes that do this work together, where a launcher has started several. */
  readonly ranks?: Ranks;
}

/** A schema of options: what `strictObject` of zod makes. */
export interface ConfigSchema {
  /** The options, checked, with their defaults; throws for what the schema refuses. */
  parse(value: unknown): unknown;
}

/** The options that a schema describes, as a command gets them. */
export type ConfigOf<Schema extends ConfigSchema> = ReturnType<Schema["parse"]>;

/**
 * One thing that the command line can do. Commands meet only on disk: each reads and writes files.
 *
 * The schema `config` is the only statement of the options: flags, help, defaults and the
 * checks of a `--config` file follow from it.
 */
export interface Command<Schema extends ConfigSchema = ConfigSchema> {
  /** The words that call it, such as "train static". */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** A strict object; every option has a description, and a default unless it must be given. */
  readonly config: Schema;
  /** A command line that works, without the program's name, shown in the help. */
  readonly example?: string;
  /**
   * The folders that it writes to besides those that its options name as outputs, such as that of a run
   * it goes back to. Throws InputError when what says so is missing.
   */
  writes?(config: ConfigOf<Schema>): Promise<readonly string[]>;
  /**
   * What the command line asks after the options were read and before `run`: the options with what was left
   * open and follows from this machine, such as the weights in the user's cache.
   *
   * @param given the options as they were written, without defaults
   */
  settled?(
    config: ConfigOf<Schema>,
    given: Readonly<Record<string, unknown>>,
    log: (line: string) => void,
  ): Promise<ConfigOf<Schema>>;
  /** The option that a word without a flag is for, the first behind the command's name; none by default. */
  readonly argument?: string;
  /** Whether it gives its result to `context.result`, so that `--json` can print it. */
  readonly json?: boolean;
  /** Whether it connects to servers; every other command gives the right to do so up. */
  readonly connects?: boolean;
  /** Whether processes that a launcher of MPI has started do its work together. */
  readonly together?: boolean;
  /** Whether it serves pages to this machine; its task allows the network of 127.0.0.1 alone. */
  readonly listens?: boolean;
  /** Does the work. Checks its inputs before it starts; throws InputError for a user's mistake. */
  run(config: ConfigOf<Schema>, context: Context): Promise<void>;
}

/** The same command, with the type of `run`'s configuration inferred from the schema. */
export function command<Schema extends ConfigSchema>(definition: Command<Schema>): Command<Schema> {
  return definition;
}
