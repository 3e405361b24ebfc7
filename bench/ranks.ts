// What the sum of gradients over ranks costs: `mpirun -n 4 deno run -A bench/ranks.ts [MiB ...]`.
import { joinRanks } from "../src/mpi/join_ranks.ts";
import { launched } from "../src/mpi/launcher.ts";

const launch = launched((name) => Deno.env.get(name));
if (!launch) throw new Error("Cannot measure one process: start several with mpirun");
const ranks = joinRanks(launch);
const sizes = Deno.args.length > 0 ? Deno.args.map(Number) : [0.001, 1, 8, 40];
for (const mib of sizes) {
  const values = new Float32Array(Math.ceil(mib * 2 ** 18)).fill(ranks.rank);
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    await ranks.meet();
    const began = performance.now();
    await ranks.sum(Promise.resolve(values));
    times.push(performance.now() - began);
  }
  const [fastest, middle] = [Math.min(...times), times.toSorted((a, b) => a - b)[3]];
  if (ranks.rank > 0) continue;
  console.log(
    `${ranks.size} ranks, ${mib} MiB: ${middle.toFixed(1)} ms (fastest ${fastest.toFixed(1)})`,
  );
}
await ranks.finish();
Deno.exit(0);
