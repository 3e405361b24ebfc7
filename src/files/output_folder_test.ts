import { assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "@std/path";
import { newTemporary, writeAtomic } from "./atomic.ts";
import { claimFolder } from "./claim_folder.ts";
import { InputError } from "./error.ts";
import { outputFolder, requireOutput } from "./output_folder.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

async function inFolder(test: (at: (...names: string[]) => string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test((...names) => join(folder, ...names));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("outputFolder sweeps what a killed process left, and nothing that is being written", () =>
  inFolder(async (at) => {
    const own = await newTemporary(at("own.png"));
    await Deno.writeTextFile(at(".a.png.4711-3.tmp"), "half");
    for (const name of ["a.png", ".a.png.tmp", "a.4711-3.tmp", ".hidden"]) {
      await Deno.writeTextFile(at(name), "");
    }
    await outputFolder(at());
    const kept = [".a.png.tmp", ".hidden", own.path.slice(dirname(own.path).length + 1)];
    assertEquals(names(at()), [...kept, "a.4711-3.tmp", "a.png"].sort());
    own.handle.close();
    await outputFolder(at());
    assertEquals(names(at()), [".a.png.tmp", ".hidden", "a.4711-3.tmp", "a.png"]);
  }));

Deno.test("the first file that a process writes to a folder sweeps it", () =>
  inFolder(async (at) => {
    await Deno.mkdir(at("cat"));
    await Deno.writeTextFile(at("cat", ".1.png.4711-3.tmp"), "half");
    await writeAtomic(at("cat", "2.png"), "whole");
    assertEquals(names(at("cat")), ["2.png"]);
  }));

Deno.test("files are written while others sweep their folder", () =>
  inFolder(async (at) => {
    const sweeper = new Worker(new URL("../../tests/sweep_worker.ts", import.meta.url), {
      type: "module",
    });
    const begun = new Promise((resolve) => sweeper.onmessage = resolve);
    sweeper.postMessage(at());
    await begun;
    for (let i = 0; i < 100; i++) await writeAtomic(at(`${i % 7}.txt`), `${i}`);
    sweeper.terminate();
    assertEquals(
      names(at()).filter((name) => name.endsWith(".txt") && !name.startsWith(".")).length,
      7,
    );
    assertEquals(await Deno.readTextFile(at("5.txt")), "96");
  }));

Deno.test("a folder that cannot be written is told, and what is in its way", () =>
  inFolder(async (at) => {
    await outputFolder(at("new", "folder"));
    assertEquals(names(at("new", "folder")), []);
    await Deno.writeTextFile(at("file"), "");
    await assertRejects(
      () => outputFolder(at("file")),
      InputError,
      `Cannot write ${at("file")}: a file`,
    );
    await assertRejects(() => outputFolder(at("file", "x")), InputError, "is a file, not a folder");
    await assertRejects(() => outputFolder("/proc/henka"), InputError, "Cannot write /proc/henka");
  }));

Deno.test("requireOutput refuses the same, and makes nothing", () =>
  inFolder(async (at) => {
    await requireOutput(at("new"));
    assertEquals(names(at()), []);
    await Deno.writeTextFile(at("file"), "");
    await assertRejects(() => requireOutput(at("file")), InputError, `Cannot write ${at("file")}`);
    await requireOutput(at());
    assertEquals(names(at()), ["file"]);
  }));

Deno.test("claimFolder leaves alone what it did not write", () =>
  inFolder(async (at) => {
    const claim = (path: string, value: number) =>
      claimFolder(path, "the demo", "demo.json", { value });
    await claim(at("new"), 1);
    await claim(at("new"), 2);
    assertEquals(JSON.parse(await Deno.readTextFile(at("new", "demo.json"))), { value: 2 });
    await Deno.mkdir(at("other"));
    await Deno.writeTextFile(at("other", "photograph.jpg"), "");
    await assertRejects(
      () => claim(at("other"), 1),
      InputError,
      `Cannot write the demo to ${
        at("other")
      }: the folder holds other files. Give --out a new folder.`,
    );
    assertEquals(names(at("other")), ["photograph.jpg"]);
  }));
