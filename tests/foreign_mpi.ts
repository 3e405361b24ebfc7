// Joins the ranks of a launcher by the library that is named; prints what refuses it.
import { joinRanks } from "../src/mpi/join_ranks.ts";
import { launched } from "../src/mpi/launcher.ts";

const launch = launched((name) => Deno.env.get(name))!;
try {
  joinRanks({ ...launch, libraries: [Deno.args[0]] });
  console.log("joined");
} catch (error) {
  console.log((error as Error).message);
}
Deno.exit(0);
