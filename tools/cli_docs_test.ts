import { assert } from "@std/assert";
import { commandGroups } from "../src/commands/mod.ts";
import { cliPage, page } from "./cli_docs.ts";

Deno.test("docs/cli.md tells the options that the commands have", async () => {
  const [is, should] = [await Deno.readTextFile(page), await cliPage(commandGroups)];
  assert(is === should, "docs/cli.md is out of date: run deno task docs");
});
