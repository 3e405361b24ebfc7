import { assertEquals } from "@std/assert";
import { fuzz } from "./fuzz.ts";

Deno.test("no file, attack or mutated, gets more than one line out of a reader, or its time or memory", async () => {
  const { cases, read, raw, slow, large } = await fuzz(2000);
  assertEquals({ raw, slow, large }, { raw: [], slow: [], large: [] });
  assertEquals([cases, read > 200], [2000, true]);
});
