import { assertEquals } from "@std/assert";
import { inFlight } from "./in_flight.ts";

/** The numbers from 1 to `count`, then perhaps an error. */
async function* numbers(count: number, said: string[], fails = false) {
  try {
    for (let i = 1; i <= count; i++) yield await Promise.resolve(i);
    if (fails) throw new Error("no more");
  } finally {
    said.push("closed");
  }
}

/** A result that comes later than whatever does not wait for it. */
function later(said: string[]) {
  return async (i: number) => {
    said.push(`start ${i}`);
    await new Promise((done) => setTimeout(done, 5));
    said.push(`done ${i}`);
    if (i === 3) throw new Error("three");
    return 10 * i;
  };
}

Deno.test("the next is started before the result of the one before is awaited", async () => {
  const said: string[] = [];
  const pairs = await Array.fromAsync(inFlight(numbers(2, said), later(said)));
  assertEquals(pairs, [[1, 10], [2, 20]]);
  assertEquals(said.slice(0, 3), ["start 1", "start 2", "done 1"]);
});

Deno.test("errors of the source and of a result come after the results before", async () => {
  for (const [count, fails] of [[2, true], [4, false]] as const) {
    const [said, got]: [string[], unknown[]] = [[], []];
    try {
      for await (const [i] of inFlight(numbers(count, said, fails), later(said))) got.push(i);
    } catch (error) {
      got.push((error as Error).message);
    }
    assertEquals(got, [1, 2, fails ? "no more" : "three"]);
    assertEquals(said.includes("closed"), true);
  }
});

Deno.test("a loop that is left waits for what is under way", async () => {
  const said: string[] = [];
  for await (const [i] of inFlight(numbers(9, said), later(said))) if (i === 1) break;
  assertEquals(said.includes("done 2"), true);
  assertEquals(said.includes("start 3"), false);
  assertEquals(said.at(-1), "done 2");
});
