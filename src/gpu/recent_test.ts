import { assertEquals } from "@std/assert";
import { Recent } from "./recent.ts";

Deno.test("Recent makes a value once while it is in use, and forgets what is not", () => {
  const recent = new Recent<string>(3);
  const made: string[] = [];
  const use = (keys: string) =>
    [...keys].map((key) =>
      recent.get(key, () => {
        made.push(key);
        return key.toUpperCase();
      })
    ).join("");
  assertEquals([use("abcabc"), made.splice(0).join("")], ["ABCABC", "abc"]);
  assertEquals([use("adaeafag"), made.splice(0).join("")], ["ADAEAFAG", "defg"], "a stays");
  assertEquals([use("b"), made.splice(0).join("")], ["B", "b"], "b was forgotten");
});

Deno.test("Recent holds no more than twice its size", () => {
  const recent = new Recent<number>(10);
  const count = (from: number, to: number) => {
    let made = 0;
    for (let i = from; i < to; i++) recent.get(`${i}`, () => ++made);
    return made;
  };
  count(0, 1000);
  assertEquals(count(990, 1000), 0, "the last ten are known");
  assertEquals(count(0, 980), 980, "all before the last twenty are not");
});
