import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Device } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import { fixKernels, noteKernels, takeKernels } from "./run_kernels.ts";

const context: Context = {
  device: () => Promise.reject(new Error("no device is asked for")),
  progress: () => ({ update() {}, done() {} }),
  log() {},
  signal: new AbortController().signal,
};

/** A device on which the ways of two classes are known, and asked for. */
async function chosen(way: string): Promise<Device> {
  const device = await Device.open();
  const never = () => {
    throw new Error("it is chosen");
  };
  for (const name of ["a", "b"]) {
    device.choices.set(name, way);
    device.choices.get(name, never);
  }
  device.choices.set("of another run", way);
  return device;
}

Deno.test("a run notes its kernels, and goes on with them on the same adapter alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    using first = await chosen("fast");
    await fixKernels(folder, first, context);
    const file = join(folder, "kernels.json");
    const noted = JSON.parse(await Deno.readTextFile(file));
    assertEquals(noted, {
      device: first.description,
      fingerprint: first.fingerprint,
      choices: { a: "fast", b: "fast" },
    });
    using second = await chosen("faster");
    await fixKernels(folder, second, context);
    assertEquals(second.choices.entries(), [["a", "fast"], ["b", "fast"]]);
    await Deno.writeTextFile(file, JSON.stringify({ ...noted, fingerprint: "another" }));
    using third = await chosen("faster");
    await fixKernels(folder, third, context);
    assertEquals(third.choices.entries(), [["a", "faster"], ["b", "faster"]]);
    assertEquals(JSON.parse(await Deno.readTextFile(file)).choices, { a: "faster", b: "faster" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a run without choices notes none", async () => {
  const folder = await Deno.makeTempDir();
  using device = await Device.open();
  await fixKernels(folder, device, context);
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test("a folder of files notes the kernels that made them, and later calls take them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    using first = await chosen("fast");
    await noteKernels(folder, first);
    using second = await chosen("faster");
    await takeKernels(folder, second);
    assertEquals(second.choices.entries().slice(0, 2), [["a", "fast"], ["b", "fast"]]);
    second.choices.set("c", "new");
    second.choices.get("c", () => {
      throw new Error("it is chosen");
    });
    await noteKernels(folder, second);
    const { choices } = JSON.parse(await Deno.readTextFile(join(folder, "kernels.json")));
    assertEquals(choices, { a: "fast", b: "fast", c: "new" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
