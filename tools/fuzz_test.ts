import { assertEquals } from "@std/assert";
import { fuzz } from "./fuzz.ts";

Deno.test("no file, attack or mutated, gets more than one line out of a reader, hangs it, or takes its memory", async () => {
  const hanging = 60; // seconds: far from any reader that works, on however slow a machine
  const { cases, read, raw, slow, large } = await fuzz(2000, 1, hanging);
  assertEquals({ raw, slow, large }, { raw: [], slow: [], large: [] });
  assertEquals([cases, read > 200], [2000, true]);
});
