import { checksum } from "../files/checksum.ts";
import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import type { Ranks } from "../mpi/ranks.ts";
import type { NamedTensors } from "../nn/mod.ts";
import type { Context } from "../options/command.ts";
import { flagOf } from "../options/schema.ts";
import { read } from "../tensor/mod.ts";
import { type BatchPlan, smallestBatch } from "./batches.ts";
import { DivergedError } from "./metrics_log.ts";

/**
 * Refuses more ranks than a batch has photographs, and ranks that were started with other options or
 * find other data than rank 0.
 *
 * @throws {InputError} on every rank, naming what differs.
 */
export async function checkRanks(
  ranks: Ranks,
  config: BatchPlan & Readonly<Record<string, unknown>>,
  set: { readonly samples: readonly unknown[] },
): Promise<void> {
  const data = await checksum(JSON.stringify(set));
  const all = (await ranks.gatherTexts(JSON.stringify({ config, data })))
    .map((text) => JSON.parse(text));
  const [first] = all;
  const shown = (value: unknown) => value === undefined ? "not given" : JSON.stringify(value);
  for (const [rank, other] of all.entries()) {
    for (const key of new Set([...Object.keys(first.config), ...Object.keys(other.config)])) {
      const [ours, theirs] = [first.config[key], other.config[key]].map(shown);
      if (ours === theirs) continue;
      throw new InputError(
        `Cannot train together: --${flagOf([key])} is ${ours} on rank 0 and ${theirs} on rank ` +
          `${rank}. Give all ranks the same options.`,
      );
    }
    if (other.data === first.data) continue;
    throw new InputError(
      `Cannot train together: rank ${rank} finds other photographs or labels than rank 0. Give all ` +
        "ranks the same data, best on a file system that they share.",
    );
  }
  const least = smallestBatch(set.samples.length, config);
  if (least >= ranks.size) return;
  throw new InputError(
    `Cannot train with ${ranks.size} ranks: a batch of a step has ${least} photographs, and each rank ` +
      `takes a share of every batch. Give --batch ${ranks.size} or more, or fewer ranks.`,
  );
}

/**
 * Says how many ranks train together, which share of a batch each has, and which adapter each chose;
 * ranks that chose alike share a line.
 */
export async function sayRanks(
  ranks: Ranks,
  { description }: Device,
  { batch }: BatchPlan,
  { log }: Pick<Context, "log">,
): Promise<void> {
  const all = await ranks.gatherTexts(`${description} on ${ranks.host()}`);
  const most = Math.ceil(batch / ranks.size);
  log(
    `${ranks.size} ranks train together; each takes up to ${most} of a batch's ${batch} photographs.`,
  );
  for (const [where, own] of Map.groupBy(all.keys(), (rank) => all[rank])) {
    log(`${own.length > 1 ? "Ranks" : "Rank"} ${own.join(", ")}: ${where}`);
  }
}

/** Gives every rank the values that tensors have on rank 0, and the number that it knows. */
export async function shareState(
  ranks: Ranks,
  tensors: NamedTensors,
  number: number,
): Promise<number> {
  const shared = Float32Array.of(number);
  await ranks.broadcast(shared);
  for (const [, tensor] of tensors) {
    const values = await read(tensor);
    await ranks.broadcast(values);
    if (ranks.rank > 0) tensor.device.write(tensor.storage, values);
  }
  return shared[0];
}

/**
 * Refuses to go on when the networks of ranks have come apart, as they may where their GPUs round
 * differently.
 *
 * @throws {DivergedError} on every rank, naming the first that differs from rank 0.
 */
export async function requireSameState(
  ranks: Ranks,
  tensors: NamedTensors,
  step: number,
): Promise<void> {
  const sums: string[] = [];
  for (const [, tensor] of tensors) {
    const { buffer } = await read(tensor);
    sums.push(await checksum(new Uint8Array(buffer)));
  }
  const all = await ranks.gatherTexts(await checksum(sums.join()));
  const other = all.findIndex((sum) => sum !== all[0]);
  if (other < 0) return;
  throw new DivergedError(
    `Cannot go on after step ${step}: the networks of rank ${other} are no longer those of rank 0. ` +
      "Give all ranks the same kind of GPU and driver, and --resume.",
  );
}
