// Kills commands at random moments, as `kill -9` or a power cut does, and sees that what they leave can
// be read, that the same command line finishes the work, and that the end is that of an undisturbed
// run to the bit: `deno task kill --moments 50 [--seed 1] [--only NAME]`.
import { parseArgs } from "@std/cli/parse-args";
import { killWorks } from "./kill/kill_works.ts";
import { works } from "./kill/works.ts";

const { moments, seed, only } = parseArgs(Deno.args, {
  string: ["moments", "seed", "only"],
  default: { moments: "50", seed: "1" },
});
const chosen = works.filter(({ name }) => only === undefined || name === only);
const start = performance.now();
const all = { killed: 0, faults: 0 };
const outcomes = killWorks(works, chosen, Number(moments), Number(seed));
for await (const { name, killed, seconds, faults } of outcomes) {
  all.killed += killed;
  all.faults += faults.length;
  const told = `${seconds.toFixed(1)} s undisturbed, killed ${killed} times`;
  console.log(`${name.padEnd(25)} ${told}, ${faults.length} faults`);
  for (const fault of faults) console.log(`  ${fault}`);
}
const seconds = Math.round((performance.now() - start) / 1000);
console.log(`${all.killed} kills in ${seconds} s: ${all.faults} faults`);
Deno.exit(all.faults === 0 ? 0 : 1);
