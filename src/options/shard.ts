import * as z from "zod";
import { InputError } from "../files/error.ts";
import { shown } from "../files/shown.ts";
import type { Group } from "./groups.ts";

/** One part of a list that several processes share. */
export interface Shard {
  /** Which part, from 0. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** The option `--shard` of a command that works through a list. */
export const shardOption: z.ZodDefault<z.ZodString> = z.string().default("1/1")
  .describe(
    "The part of the list to do, from 1/N to N/N; auto and auto/N take it from a job scheduler",
  )
  .meta({ group: "run" satisfies Group });

type Env = (name: string) => string | undefined;

/**
 * Variables in which schedulers say which of how many processes of one step this one is. Those of MPI are
 * first: an mpirun in a job of Slurm starts one task a node, in which its own processes are.
 */
const steps: readonly (readonly [index: string, count: string])[] = [
  ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"], // Open MPI
  ["PMI_RANK", "PMI_SIZE"], // MPICH and its like
  ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS"],
  ["RANK", "WORLD_SIZE"], // what many launchers of trainings set
];

/** Those in which they number independent jobs, and the first number; how many there are is not said. */
const jobs: readonly (readonly [index: string, first: number])[] = [
  ["JOB_COMPLETION_INDEX", 0], // Kubernetes, a Job in the mode Indexed
  ["PARALLEL_SEQ", 1], // GNU parallel
];

/**
 * Reads "2/8", the second of eight parts; "auto" takes both numbers from Slurm (the tasks of an array,
 * the processes of a step, or both together), a launcher of MPI, or RANK and WORLD_SIZE; "auto/8" serves
 * Kubernetes and GNU parallel too, which do not say how many parts there are, and the tasks of a Slurm
 * array, numbered from 0, that are run again alone.
 *
 * @throws {InputError} for anything else, and where no scheduler's variables say it.
 */
export function parseShard(
  text: string,
  env: Env = (name) => Deno.env.get(name),
): Shard {
  const match = /^(\d+|auto)(?:\/(\d+))?$/.exec(text);
  if (match === null || (match[1] !== "auto" && match[2] === undefined)) {
    throw new InputError(`Cannot use --shard ${text}: write it as 2/8, auto or auto/8.`);
  }
  const given = match[2] === undefined ? undefined : Number(match[2]);
  const { index, count } = match[1] === "auto"
    ? scheduled(text, given, env)
    : { index: Number(match[1]) - 1, count: given! };
  if (index < 0 || index >= count) {
    throw new InputError(
      `Cannot use --shard ${text}: part ${index + 1} of ${count} does not exist.`,
    );
  }
  return { index, count };
}

/** The items of one part. Neighbours go to different parts, so that all parts are alike. */
export function shardOf<T>(items: readonly T[], { index, count }: Shard): T[] {
  return items.filter((_, i) => i % count === index);
}

function scheduled(text: string, given: number | undefined, env: Env): Shard {
  const number = (name: string) => {
    const value = env(name);
    if (value === undefined) return undefined;
    if (/^\d+$/.test(value)) return Number(value);
    throw new InputError(
      `Cannot use --shard ${text}: ${name} is ${
        shown(value)
      }, not a number. Write the part as 2/8.`,
    );
  };
  const [task, tasks] = [number("SLURM_ARRAY_TASK_ID"), number("SLURM_ARRAY_TASK_COUNT")];
  if (given !== undefined) {
    for (const [name, first] of [["SLURM_ARRAY_TASK_ID", 0] as const, ...jobs]) {
      const index = number(name);
      if (index !== undefined) return { index: index - first, count: given };
    }
  }
  const step = steps.map(([index, count]) => ({ index: number(index), count: number(count) }))
    .find((found): found is Shard => found.index !== undefined && found.count !== undefined);
  if (given !== undefined && step) return { index: step.index, count: given };
  if (given === undefined && task !== undefined && tasks !== undefined) {
    const { index, count } = step ?? { index: 0, count: 1 };
    return { index: arrayIndex(text, task, tasks, number) * count + index, count: tasks * count };
  }
  if (given === undefined && step) return step;
  const half = steps.find(([index, count]) =>
    index !== "SLURM_PROCID" && (env(index) === undefined) !== (env(count) === undefined)
  );
  const known = jobs.find(([name]) => env(name) !== undefined);
  if (half && !known) {
    throw new InputError(
      `Cannot use --shard ${text}: of ${
        half.join(" and ")
      } only one is set. Write the part as 2/8.`,
    );
  }
  throw new InputError(
    known
      ? `Cannot use --shard ${text}: ${
        known[0]
      } does not say how many parts there are. Give auto/N.`
      : `Cannot use --shard ${text}: no scheduler's variable is set. Write the part as 2/8.`,
  );
}

/** The place of a task in a Slurm array without gaps. */
function arrayIndex(
  text: string,
  task: number,
  tasks: number,
  number: (name: string) => number | undefined,
): number {
  const { least = 0, most = least + tasks - 1, by = 1 } = {
    least: number("SLURM_ARRAY_TASK_MIN"),
    most: number("SLURM_ARRAY_TASK_MAX"),
    by: number("SLURM_ARRAY_TASK_STEP"),
  };
  if ((most - least) / by + 1 === tasks) return (task - least) / by;
  throw new InputError(
    `Cannot use --shard ${text}: the Slurm array has gaps between ${least} and ${most}, and so does ` +
      "not say how many parts there are. Give auto/N; the array is then numbered from 0 to N - 1.",
  );
}
