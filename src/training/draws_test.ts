import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Draw, draws, stepsPerEpoch } from "./draws.ts";

const plan = { count: 11, size: 3, seed: 5 };

/** The draws of some steps. */
function take(count: number, from = 0, seed = plan.seed): (readonly Draw[])[] {
  return draws({ ...plan, seed }, from).take(count).toArray();
}

/** What is drawn of each photograph: which, its seed, and the first of its random numbers. */
const contents = (steps: readonly (readonly Draw[])[]) =>
  steps.map((step) => step.map(({ index, seed, random }) => [index, seed, random.next()]));

Deno.test("an epoch draws each photograph at most once, in an order of its own", () => {
  assertEquals(stepsPerEpoch(plan), 3);
  assertEquals(stepsPerEpoch({ ...plan, size: 20 }), 1);
  const steps = take(12);
  assertEquals(steps.map(({ length }) => length), Array(12).fill(3));
  const orders = [0, 1, 2, 3].map((epoch) =>
    steps.slice(3 * epoch, 3 * epoch + 3).flat().map(({ index }) => index)
  );
  for (const order of orders) {
    assertEquals(new Set(order).size, 9);
    assert(order.every((index) => index >= 0 && index < 11));
  }
  assertEquals(new Set(orders.map(String)).size, 4, "no two epochs have one order");
  assertEquals(new Set(orders.flat()).size, 11, "what one epoch drops others draw");
});

Deno.test("a photograph's random numbers are those of the seed, the epoch and itself", () => {
  const seeds = take(12).flat().map(({ seed }) => seed);
  assertEquals(new Set(seeds).size, seeds.length);
  const numbers = contents(take(12)).flat().map(([, , number]) => number);
  assertEquals(new Set(numbers).size, numbers.length);
  assertEquals(contents(take(4, 5)), contents(take(9)).slice(5), "whatever was drawn before");
  assertNotEquals(contents(take(3, 0, 6)), contents(take(3)));
});
