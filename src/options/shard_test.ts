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
  const slurm = env({
    SLURM_ARRAY_TASK_ID: "13",
    SLURM_ARRAY_TASK_MIN: "10",
    SLURM_ARRAY_TASK_COUNT: "4",
    SLURM_PROCID: "0",
    SLURM_NTASKS: "1",
  });
  assertEquals(parseShard("auto", slurm), { index: 3, count: 4 });
  const mpi = env({ OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "2" });
  assertEquals(parseShard("auto", mpi), { index: 0, count: 2 });
  assertEquals(parseShard("auto/3", env({ JOB_COMPLETION_INDEX: "2" })), { index: 2, count: 3 });
  assertEquals(parseShard("auto/3", env({ PARALLEL_SEQ: "1" })), { index: 0, count: 3 });
});

Deno.test("parseShard refuses what names no part", () => {
  for (const text of ["", "3", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4"]) {
    assertThrows(() => parseShard(text, env({})), InputError, `Cannot use --shard ${text}: `);
  }
  assertThrows(() => parseShard("auto", env({})), InputError, "no scheduler's variable is set");
  const bare = env({ JOB_COMPLETION_INDEX: "2" });
  assertThrows(() => parseShard("auto", bare), InputError, "no scheduler's variable is set");
  assertThrows(() => parseShard("auto/2", bare), InputError, "part 3 of 2 does not exist");
});
