import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { InputError } from "../files/error.ts";
import { readOptions } from "../options/flags.ts";
import { nameOfToday, renamed, withNamesOfToday } from "../options/renamed.ts";
import { flagOf, optionsOf } from "../options/schema.ts";
import { readAffinityConfig } from "../psa/affinity_config.ts";
import { commandConfig } from "./compare/command_config.ts";
import { commands } from "./mod.ts";

for (const [name, names] of Object.entries(renamed)) {
  Deno.test(`${name}: options that had another name are refused with the name of today`, () => {
    const command = commands.find((command) => command.name === name)!;
    const keys = optionsOf(command.config).map(({ path }) => path.join("."));
    const refused = (args: readonly string[]) =>
      assertThrows(() => readOptions(command, args, "henka"), InputError).message;
    const path = Deno.makeTempFileSync({ suffix: ".json" });
    for (const [old, today] of Object.entries(names)) {
      assert(keys.includes(today) && !keys.includes(old), `${old}, ${today}`);
      const [was, is] = [old, today].map((key) => flagOf(key.split(".")));
      assertEquals(refused([`--${was}`, "3"]), `Cannot use --${was}: it is called --${is} now.`);
      const nested = old.split(".").reduceRight<unknown>((value, key) => ({ [key]: value }), 3);
      Deno.writeTextFileSync(path, JSON.stringify(nested));
      const given = optionsOf(command.config).filter(({ required }) => required)
        .map(({ flag }) => `--${flag}=x`);
      assertEquals(
        refused([...given, "--config", path]),
        `Cannot use "${old}" of ${path}: it is called "${today}" now.`,
      );
    }
    Deno.removeSync(path);
  });
}

Deno.test("withNamesOfToday: what was saved under old names; other keys stay", () => {
  assertEquals(withNamesOfToday("cam", { stride: 2, masks: "m", run: "r" }), {
    mapStride: 2,
    quickMasks: "m",
    run: "r",
  });
  assertEquals(withNamesOfToday("refine", { stride: 2 }), { stride: 2 });
  assertEquals(nameOfToday("refine", "stride"), undefined);
});

Deno.test("options of a step of compare are refused with the name of today", () => {
  const synth = commands.find(({ name }) => name === "synth")!;
  const { message } = assertThrows(
    () => commandConfig(synth, "synth", { classes: 3 }),
    InputError,
  );
  assertEquals(message, 'Cannot use the options of synth: "classes" is called "classCount" now.');
});

Deno.test("a run of earlier versions is read under the names of today", () => {
  const old = { data: "set", out: "run", stride: 2, lowAlpha: 3 };
  const { gridStride, lowBackgroundPower, highBackgroundPower } = readAffinityConfig("run", old);
  assertEquals([gridStride, lowBackgroundPower, highBackgroundPower], [2, 3, 32]);
  const other = assertThrows(() => readAffinityConfig("run", { ...old, beta: 1 }), InputError);
  assertMatch(other.message, /^Cannot use the run run: its config.json is not of train affinity/);
});
