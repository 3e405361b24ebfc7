import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { version } from "../files/version.ts";
import { Device } from "../gpu/device.ts";
import { measureFirst } from "../gpu/tune.ts";
import type { Context } from "./command.ts";
import { choicesOf, openTuning, tuneMissing } from "./tuning.ts";

const said: string[] = [];
const context: Pick<Context, "progress" | "log" | "signal"> = {
  progress: (label) => ({
    update: (done, extra) => said.push(`${label} ${done} ${extra}`),
    done() {},
  }),
  log: (line) => said.push(line),
  signal: new AbortController().signal,
};

/** A device that asks for ways as a GPU would, whose trials run nothing. */
async function asking(folder: string, names: readonly string[]): Promise<Device> {
  const device = await Device.open({ kernels: "buffers" });
  const like = { texels: false, software: false, timed: true, choices: device.choices };
  await openTuning(Object.assign(Object.create(device), like), context, folder);
  for (const name of names) {
    device.choices.get(name, () => ({ ways: ["usual"], run() {}, [Symbol.dispose]() {} }));
  }
  return device;
}

Deno.test("choices are kept for an adapter, joined with those of others, and taken up again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    using first = await asking(folder, ["a", "b"]);
    await tuneMissing(first, context, folder);
    assertEquals(choicesOf(first), { a: "usual", b: "usual" });
    assertEquals(said.splice(0), ["measuring kernels 1 a: usual", "measuring kernels 2 b: usual"]);
    using second = await asking(folder, ["b", "c"]);
    assertEquals([...second.choices.missing.keys()], ["c"]);
    await tuneMissing(second, context, folder);
    assertEquals(choicesOf(second), { b: "usual", c: "usual" });
    const [{ name }] = [...Deno.readDirSync(folder)];
    const file = join(folder, name);
    assertEquals(JSON.parse(await Deno.readTextFile(file)), {
      henka: version,
      device: first.description,
      choices: { a: "usual", b: "usual", c: "usual" },
    });
    for (const text of ["{", `{"henka":"0.0.0","choices":{"a":"old"}}`]) {
      await Deno.writeTextFile(file, text);
      using later = await asking(folder, ["a"]);
      assertEquals([...later.choices.missing.keys()], ["a"], text);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("work that is new is measured before it is done, and known work is not rehearsed again", async () => {
  const folder = await Deno.makeTempDir();
  using device = await asking(folder, []);
  let [calls, tried] = [0, 0];
  const ask = (name: string) => () => {
    calls++;
    device.choices.get(name, () => {
      tried++;
      return { ways: ["usual"], run() {}, [Symbol.dispose]() {} };
    });
  };
  for (const size of ["8x8", "8x8", "16x8"]) await measureFirst(device, size, ask(`of ${size}`));
  assertEquals([calls, tried, choicesOf(device)], [2, 2, {
    "of 16x8": "usual",
    "of 8x8": "usual",
  }]);
  device.choices.begin();
  assertEquals(choicesOf(device), {}, "another command has asked for nothing");
  await measureFirst(device, "8x8", ask("of 8x8"));
  assertEquals([calls, tried, choicesOf(device)], [3, 2, { "of 8x8": "usual" }]);
  using software = await Device.open();
  await measureFirst(software, "8x8", ask("never"));
  assertEquals(calls, 3, "a software adapter rehearses nothing");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a software adapter has nothing to measure, and a closed folder stops nothing", async () => {
  using device = await Device.open();
  await openTuning(device, context, "nowhere");
  assertEquals(device.choices.measuring, false);
  await tuneMissing(device, context, "nowhere");
  const file = await Deno.makeTempFile();
  using asked = await asking(join(file, "none"), ["a"]);
  said.splice(0);
  await tuneMissing(asked, context, join(file, "none"));
  assertEquals(choicesOf(asked), { a: "usual" });
  assertEquals(said.length, 2);
  await Deno.remove(file);
});
