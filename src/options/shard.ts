import * as z from "zod";
import { InputError } from "../files/error.ts";
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

/** The number of this process from 0, and of all, in the variables of common schedulers. */
const schedulers: readonly { index: string; first?: string | number; count?: string }[] = [
  {
    index: "SLURM_ARRAY_TASK_ID",
    first: "SLURM_ARRAY_TASK_MIN",
    count: "SLURM_ARRAY_TASK_COUNT",
  },
  { index: "SLURM_PROCID", count: "SLURM_NTASKS" },
  { index: "OMPI_COMM_WORLD_RANK", count: "OMPI_COMM_WORLD_SIZE" },
  { index: "JOB_COMPLETION_INDEX" },
  { index: "PARALLEL_SEQ", first: 1 },
];

/**
 * Reads "2/8", the second of eight parts; "auto" takes both numbers from Slurm or Open MPI;
 * "auto/8" serves Kubernetes and GNU parallel too, which do not say how many parts there are.
 * Throws InputError for anything else.
 */
export function parseShard(
  text: string,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
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

function scheduled(
  text: string,
  given: number | undefined,
  env: (name: string) => string | undefined,
): Shard {
  for (const scheduler of schedulers) {
    const index = env(scheduler.index);
    const count = given ?? (scheduler.count && env(scheduler.count));
    if (index === undefined || count === undefined) continue;
    const { first = 0 } = scheduler;
    const start = typeof first === "number" ? first : env(first) ?? 0;
    return { index: Number(index) - Number(start), count: Number(count) };
  }
  throw new InputError(
    `Cannot use --shard ${text}: no scheduler's variable is set. Write the part as 2/8.`,
  );
}
