import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../files/error.ts";
import { parseShard, shardOf } from "./shard.ts";

const env = (variables: Record<string, string>) => (name: string) => variables[name];

Deno.test("shards are disjoint, cover the list and differ by one item at most", () => {
  const items = Array.from({ length: 23 }, (_, i) => i);
  const shards = [1, 2, 3, 4, 5].map((i) => shardOf(items, parseShard(`${i}/5`)));
  assertEquals(shards.flat().sort((a, b) => a - b), items);
  const sizes = shards.map((shard) => shard.length);
  assertEquals(Math.max(...sizes) - Math.min(...sizes), 1);
  assertEquals(shards[1], [1, 6, 11, 16, 21], "neighbours go to different parts");
});

Deno.test("parseShard reads the variables of schedulers", () => {
  const array = {
    SLURM_ARRAY_TASK_ID: "14",
    ...{ SLURM_ARRAY_TASK_MIN: "10", SLURM_ARRAY_TASK_MAX: "16" },
    ...{ SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_STEP: "2" },
    // What a batch script sees besides, which is no step.
    ...{ SLURM_PROCID: "0", SLURM_NTASKS: "2" },
  };
  assertEquals(parseShard("auto", env(array)), { index: 2, count: 4 });
  const step = { SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "3" };
  assertEquals(parseShard("auto", env(step)), { index: 1, count: 3 });
  assertEquals(parseShard("auto", env({ ...array, ...step })), { index: 7, count: 12 });
  const mpi = env({ OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "2" });
  assertEquals(parseShard("auto", mpi), { index: 0, count: 2 });
  assertEquals(parseShard("auto", env({ PMI_RANK: "3", PMI_SIZE: "4" })), { index: 3, count: 4 });
  assertEquals(parseShard("auto", env({ RANK: "1", WORLD_SIZE: "2" })), { index: 1, count: 2 });
  assertEquals(parseShard("auto/3", env({ JOB_COMPLETION_INDEX: "2" })), { index: 2, count: 3 });
  assertEquals(parseShard("auto/3", env({ PARALLEL_SEQ: "1" })), { index: 0, count: 3 });
});

Deno.test("a task of a Slurm array that is run again alone does its own part", () => {
  const again = env({
    SLURM_ARRAY_TASK_ID: "5",
    ...{ SLURM_ARRAY_TASK_MIN: "3", SLURM_ARRAY_TASK_MAX: "5", SLURM_ARRAY_TASK_COUNT: "2" },
  });
  assertEquals(parseShard("auto/8", again), { index: 5, count: 8 });
  assertThrows(() => parseShard("auto", again), InputError, "has gaps between 3 and 5");
});

Deno.test("parseShard refuses what names no part", () => {
  for (const text of ["", "3", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4"]) {
    assertThrows(() => parseShard(text, env({})), InputError, `Cannot use --shard ${text}: `);
  }
  assertThrows(() => parseShard("auto", env({})), InputError, "no scheduler's variable is set");
  const bare = env({ JOB_COMPLETION_INDEX: "2" });
  assertThrows(() => parseShard("auto", bare), InputError, "JOB_COMPLETION_INDEX does not say how");
  assertThrows(() => parseShard("auto/2", bare), InputError, "part 3 of 2 does not exist");
});

Deno.test("an mpirun in a job of Slurm counts its own processes, not the nodes", () => {
  const node = { SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "1" };
  const rank = { PMI_RANK: "3", PMI_SIZE: "4" };
  assertEquals(parseShard("auto", env({ ...node, ...rank })), { index: 3, count: 4 });
  const task = { SLURM_ARRAY_TASK_ID: "1", SLURM_ARRAY_TASK_COUNT: "2", SLURM_ARRAY_TASK_MIN: "0" };
  assertEquals(parseShard("auto", env({ ...node, ...rank, ...task })), { index: 7, count: 8 });
});

Deno.test("parseShard refuses variables that say nothing, by their names", () => {
  const refused = (variables: Record<string, string>, line: string, text = "auto") =>
    assertThrows(() => parseShard(text, env(variables)), InputError, line);
  refused({ RANK: "-1", WORLD_SIZE: "2" }, "RANK is -1, not a number");
  refused({ PMI_RANK: "3/2", PMI_SIZE: "4" }, "PMI_RANK is 3/2, not a number");
  refused({ RANK: "0", WORLD_SIZE: "" }, "WORLD_SIZE is , not a number");
  refused({ JOB_COMPLETION_INDEX: "1.5" }, "JOB_COMPLETION_INDEX is 1.5, not a number", "auto/8");
  refused({ RANK: "2", WORLD_SIZE: "2" }, "part 3 of 2 does not exist");
  refused({ RANK: "0", WORLD_SIZE: "0" }, "part 1 of 0 does not exist");
  refused({ RANK: "0" }, "of RANK and WORLD_SIZE only one is set");
});
