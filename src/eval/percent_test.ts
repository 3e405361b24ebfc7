import { assertEquals } from "@std/assert";
import { percent } from "./percent.ts";

Deno.test("percent: digits after the point, and a dash where there is no figure", () => {
  assertEquals([0.5444, 1, 0, -0.168].map((share) => percent(share)), [
    ...["54.4", "100.0", "0.0", "-16.8"],
  ]);
  assertEquals([percent(1 / 3, 2), percent(1 / 3, 0)], ["33.33", "33"]);
  assertEquals([percent(NaN), percent(null)], ["-", "-"]);
});
