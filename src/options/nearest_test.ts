import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

Deno.test("nearest finds the name with the fewest edits, and none when all are far", () => {
  const names = ["epochs", "image-size", "batch-size", "seed"];
  assertEquals(nearest("epoch", names), "epochs");
  assertEquals(nearest("imagesize", names), "image-size");
  assertEquals(nearest("bacth-size", names), "batch-size");
  assertEquals(nearest("sead", names), "seed");
  assertEquals(nearest("learning-rate", names), undefined);
  assertEquals(nearest("", []), undefined);
});
