import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { normals, Random } from "./random.ts";

function draws(random: Random, n = 8): number[] {
  return Array.from({ length: n }, () => random.next());
}

Deno.test("Random() repeats itself for a seed and differs between seeds", () => {
  assertEquals(draws(new Random("a")), draws(new Random("a")));
  assertEquals(draws(new Random(7)), draws(new Random("7")));
  assertNotEquals(draws(new Random("a")), draws(new Random("b")));
  assertNotEquals(draws(new Random(0)), draws(new Random(1)));
});

Deno.test("Random() is pinned: the same numbers on every machine and version", () => {
  const random = new Random("henka");
  assertEquals(Array.from({ length: 4 }, () => random.integer(1000)), [716, 653, 397, 308]);
});

Deno.test("Random.next() is xoshiro128**: the first outputs of its state 1, 2, 3, 4", () => {
  const random = new Random(0);
  random.state = [0, 0, 0, 0, 1, 2, 3, 4];
  assertEquals(draws(random, 4).map((x) => x * 2 ** 32), [11520, 0, 5927040, 70819200]);
});

Deno.test("Random.next() is uniform in [0, 1) and uncorrelated with its successor", () => {
  const random = new Random(1);
  const n = 40_000;
  const bins = new Uint32Array(16);
  let previous = random.next();
  let correlation = 0;
  for (let i = 0; i < n; i++) {
    const value = random.next();
    bins[Math.floor(value * 16)]++;
    correlation += (value - 0.5) * (previous - 0.5) * 12 / n;
    previous = value;
  }
  const expected = n / 16;
  const chi2 = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assertEquals(chi2 < 45, true, `chi2 ${chi2}`);
  assertAlmostEquals(correlation, 0, 0.02);
});

Deno.test("normals() have mean 0, variance 1 and normal tails", () => {
  const values = normals(new Random(2), 40_000);
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  const tail = values.filter((value) => Math.abs(value) > 2).length / values.length;
  assertAlmostEquals(mean, 0, 0.02);
  assertAlmostEquals(variance, 1, 0.03);
  assertAlmostEquals(tail, 0.0455, 0.005);
});

Deno.test("Random.integer() covers its range and refuses others", () => {
  const random = new Random(3);
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(5)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4]);
  for (const n of [0, -1, 1.5, NaN]) assertThrows(() => random.integer(n), RangeError);
});

Deno.test("Random.shuffled() is a permutation, each place equally likely", () => {
  const random = new Random(4);
  const first = new Uint32Array(5);
  for (let i = 0; i < 5000; i++) {
    const order = random.shuffled(5);
    first[order[0]]++;
    if (i === 0) assertEquals([...order].sort(), [0, 1, 2, 3, 4]);
  }
  for (const count of first) assertAlmostEquals(count / 5000, 0.2, 0.03);
});

Deno.test("Random.fork() depends on seed and name, not on the draws before it", () => {
  const fresh = new Random("x");
  const used = new Random("x");
  draws(used);
  assertEquals(draws(fresh.fork("a")), draws(used.fork("a")));
  assertNotEquals(draws(fresh.fork("a")), draws(fresh.fork("b")));
  assertNotEquals(draws(fresh.fork("a")), draws(new Random("a")));
  assertNotEquals(draws(fresh.fork("a").fork("b")), draws(fresh.fork("b").fork("a")));
  const streams = new Set(Array.from({ length: 2000 }, (_, i) => fresh.fork(i).next()));
  assertEquals(streams.size, 2000);
});

Deno.test("Random.state goes on where it stopped, forks included", () => {
  const random = new Random("resume");
  draws(random, 5);
  const saved = JSON.parse(JSON.stringify(random.state));
  const rest = draws(random);
  const resumed = new Random("other");
  resumed.state = saved;
  assertEquals(draws(resumed), rest);
  assertEquals(draws(resumed.fork("a")), draws(random.fork("a")));
  assertThrows(() => resumed.state = [1, 2, 3], SyntaxError);
  assertThrows(() => resumed.state = [1, 2, 3, 4, 0, 0, 0, 0], SyntaxError);
});
