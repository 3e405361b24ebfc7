import { assertEquals } from "@std/assert";
import { Device } from "./device.ts";
import type { Releasable } from "./scope.ts";

/** Items that write their name down when they are released. */
function items(...names: string[]): [released: string[], items: Releasable[]] {
  const released: string[] = [];
  return [released, names.map((name) => ({ release: () => void released.push(name) }))];
}

Deno.test("a scope releases what was enrolled while it was the innermost", async () => {
  using device = await Device.open();
  const [released, [free, outer, inner, kept, late]] = items("free", "outer", "inner", "kept", "l");
  device.enroll(free);
  {
    using _outer = device.scope();
    device.enroll(outer);
    {
      using _inner = device.scope();
      device.enroll(inner);
      device.enroll(kept);
      device.withdraw(kept);
    }
    assertEquals(released, ["inner"]);
    device.enroll(late);
  }
  assertEquals(released, ["inner", "outer", "l"]);
});

Deno.test("scopes that end out of order, or by an error, release their own", async () => {
  using device = await Device.open();
  const [released, [a, b, c]] = items("a", "b", "c");
  const first = device.scope();
  device.enroll(a);
  const second = device.scope();
  device.enroll(b);
  first[Symbol.dispose]();
  assertEquals(released, ["a"]);
  device.enroll(c);
  second[Symbol.dispose]();
  assertEquals(released, ["a", "b", "c"]);
  const [more, [d, e]] = items("d", "e");
  try {
    using _scope = device.scope();
    device.enroll(d);
    throw new Error("stop");
  } catch {
    device.enroll(e); // to no scope
  }
  assertEquals(more, ["d"]);
});
