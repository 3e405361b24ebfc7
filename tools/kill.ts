// Kills commands at random moments, as `kill -9` or a power cut does, and sees that what they leave can
// be read, that the same command line finishes the work, and that the end is that of an undisturbed
// run to the bit: `deno task kill --moments 50 [--seed 1] [--only NAME]`.
import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { Random } from "../src/data/random.ts";
import { killWork } from "./kill/kill_work.ts";
import { setLine, works } from "./kill/works.ts";
import { Workplace } from "./kill/workplace.ts";

const { moments, seed, only } = parseArgs(Deno.args, {
  string: ["moments", "seed", "only"],
  default: { moments: "50", seed: "1" },
});
const random = new Random(`${seed}`);
const chosen = works.filter(({ name }) => only === undefined || name === only);
// Each work has its share of the moments; who gets those that are left over is drawn.
const shares = new Map(works.map(({ name }) => [name, 0]));
const order = random.shuffled(chosen.length);
for (let i = 0; i < Number(moments); i++) {
  const { name } = chosen[order[i % chosen.length]];
  shares.set(name, shares.get(name)! + 1);
}

const folder = await Deno.makeTempDir({ prefix: "henka-kill-" });
const places = [
  new Workplace(join(folder, "whole")),
  new Workplace(join(folder, "killed")),
] as const;
for (const { path } of places) await Deno.mkdir(path);
const [start, all] = [performance.now(), { killed: 0, faults: 0 }];
try {
  await places[0].run(setLine);
  for (const work of works) {
    const share = shares.get(work.name)!;
    const { killed, seconds, faults } = await killWork(work, places, share, random.fork(work.name));
    all.killed += killed;
    all.faults += faults.length;
    const told = `${seconds.toFixed(1)} s undisturbed, killed ${killed} times`;
    console.log(`${work.name.padEnd(25)} ${told}, ${faults.length} faults`);
    for (const fault of faults) console.log(`  ${fault}`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
const seconds = Math.round((performance.now() - start) / 1000);
console.log(`${all.killed} kills in ${seconds} s: ${all.faults} faults`);
Deno.exit(all.faults === 0 ? 0 : 1);
