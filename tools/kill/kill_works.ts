import { join } from "@std/path";
import { Random } from "../../src/data/random.ts";
import { killWork, mustSucceed, type Outcome } from "./kill_work.ts";
import { setLine, type Work } from "./works.ts";
import { Workplace } from "./workplace.ts";

/**
 * Runs works one after the other in a temporary folder; those that are chosen are killed at so many
 * moments in all, the others only make what these need.
 */
export async function* killWorks(
  works: readonly Work[],
  chosen: readonly Work[],
  moments: number,
  seed: number,
): AsyncGenerator<Outcome & { readonly name: string }> {
  const random = new Random(seed);
  // Each has its share of the moments; who gets those that are left over is drawn.
  const order = random.shuffled(chosen.length);
  const shares = new Map(works.map((work) => [work, 0]));
  for (let i = 0; i < moments; i++) {
    const work = chosen[order[i % chosen.length]];
    shares.set(work, shares.get(work)! + 1);
  }
  const folder = await Deno.makeTempDir({ prefix: "henka-kill-" });
  try {
    const [whole, disturbed] = ["whole", "killed"].map((name) => new Workplace(join(folder, name)));
    for (const { path } of [whole, disturbed]) await Deno.mkdir(path);
    await mustSucceed(whole, setLine);
    for (const work of works) {
      const places = [whole, disturbed] as const;
      const outcome = await killWork(work, places, shares.get(work)!, random.fork(work.name));
      yield { name: work.name, ...outcome };
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
