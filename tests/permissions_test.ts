// What commands may do: the flags of the tasks, what is given up after the options were read.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { commands } from "../src/commands/mod.ts";
import { readOptions } from "../src/options/flags.ts";
import { outputsOf } from "../src/options/outputs.ts";
import { optionsOf } from "../src/options/schema.ts";
import { taskFlags } from "../tools/task_flags.ts";

const root = fromFileUrl(import.meta.resolve("../"));
const windows = Deno.build.os === "windows";

async function deno(...args: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...args],
    env: { NO_COLOR: "1", SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "2" },
    cwd: root,
  });
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

async function inFolder(test: (at: (...names: string[]) => string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test((...names) => join(folder, ...names));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The commands, or steps of theirs, that ask whether there is memory for two devices. */
const divided = ["demo", "train", "cam", "walk", "seeds", "masks", "compare", "crf"];

Deno.test("every command has a task, and none may more than read, write files, read its variables and fetch weights", () => {
  const first = new Set(commands.map(({ name }) => name.split(" ")[0]));
  assertEquals(new Set(taskFlags.keys()), first.union(new Set(["study"])));
  for (const [name, flags] of taskFlags) {
    const env = flags.find((flag) => flag.startsWith("--allow-env="));
    const rest = ["--no-prompt", "--allow-read", "--allow-write=/"];
    const own = commands.filter((command) => command.name.split(" ")[0] === name);
    const net = own.some(({ connects }) => connects)
      ? ["--allow-net"]
      : own.some(({ listens }) => listens)
      ? ["--allow-net=127.0.0.1"]
      : [];
    assertEquals(net.length > 0, ["weights", "view", "review"].includes(name));
    // Native libraries: MPI alone, where a launcher of MPI has started the program.
    const ffi = own.some(({ together }) => together) ? ["--allow-ffi"] : [];
    assertEquals(ffi.length > 0, name === "train");
    const sys = divided.includes(name) ? ["--allow-sys=systemMemoryInfo"] : [];
    assertEquals(flags, [...rest, ...sys, ...ffi, ...env === undefined ? [] : [env], ...net], name);
    const shard = own.some(({ config }) => optionsOf(config).some(({ flag }) => flag === "shard"));
    assertEquals(shard, env?.includes("SLURM_*") ?? false, name);
    assert(!env?.split(/[=,]/).includes("*"), name);
  }
});

Deno.test({
  name: "a command writes to its outputs alone, and reaches neither network nor processes",
  ignore: windows,
  fn: () =>
    inFolder(async (at) => {
      for (const name of ["also", "outside"]) await Deno.mkdir(at(name));
      await Deno.mkdir(at("reports"));
      await Deno.writeTextFile(at("outside", "file"), "old");
      const called: string[] = [];
      await using server = Deno.serve({ port: 0, onListen() {} }, ({ url }) => {
        called.push(url);
        return new Response("export {};");
      });
      const options = {
        ...{ out: at("out"), report: at("reports", "report.json"), also: at("also") },
        ...{ outside: at("outside"), port: server.addr.port },
      };
      const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
      const script = fromFileUrl(import.meta.resolve("./escaping_command.ts"));
      const flags = taskFlags.get("train")!;
      const { code, out, err } = await deno(...flags, script, "escape", ...args, "--quiet");
      assertEquals([code, err], [0, ""]);
      const lines = out.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(lines.filter(({ written }) => written).length, 3);
      const trials = lines.filter(({ trial }) => trial);
      assertEquals(trials.length, 31);
      for (const { trial, refused } of trials) {
        assertMatch(refused ?? "done", /NotCapable|Requires \w+ access|EPERM/, trial);
      }
      assertEquals(called, []);
      assertEquals(await Deno.readTextFile(at("outside", "file")), "old");
      const names = (folder: string) =>
        [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      assertEquals(names(at("outside")), ["file"]);
      assertEquals(names(at("out")), ["a", "c"]);
      assertEquals(names(at()), ["also", "out", "outside", "reports"]);
    }),
});

Deno.test({
  name: "a command runs by hand with exactly the folders that it needs",
  ignore: windows,
  fn: () =>
    inFolder(async (at) => {
      const sizes = "--train 2 --val 2 --image-width 24 --image-height 16 --class-count 2".split(
        " ",
      );
      const run = async (writes: string, ...args: string[]) => {
        const flags = ["--no-prompt", `--allow-read=${at()}`, `--allow-write=${writes}`];
        return await deno(...flags, "cli.ts", ...args, "--quiet");
      };
      const synth = ["synth", "--out", at("set"), ...sizes];
      assertEquals((await run(at("set"), ...synth)).code, 0);
      const evaluate = [
        "evaluate",
        "--data",
        at("set"),
        "--predictions",
        at("set/SegmentationClass"),
      ];
      const file = ["--out", at("report/figures.json")];
      assertEquals((await run(at("report"), ...evaluate, ...file)).code, 0);
      assertEquals((await run(at("set/SegmentationClass"), ...evaluate)).code, 0);
      assertEquals(await run(at("report"), ...evaluate), {
        code: 2,
        out: "",
        err: `Cannot write ${at("set/SegmentationClass")}: the program may not write it. ` +
          "Start it with --allow-write.\n",
      });
    }),
});

Deno.test({
  name: "the tasks of masks in other programs' formats may what the readers of these ask for",
  ignore: windows,
  fn: () =>
    inFolder(async (at) => {
      const task = async (name: string, ...args: string[]) => {
        const flags = [...taskFlags.get(name)!, "cli.ts", name, ...args, "--quiet"];
        const { code, err } = await deno(...flags);
        assertEquals([code, err], [0, ""], args.join(" "));
      };
      const sizes = "--train 2 --val 2 --image-width 24 --image-height 16 --class-count 2";
      await task("synth", ...sizes.split(" "), "--out", at("set"));
      const files = {
        ...{ coco: "coco.json", cvat: "cvat.zip", "label-studio": "ls.json" },
        ...{ labelme: "labelme", yolo: "yolo" },
      };
      for (const [format, name] of Object.entries(files)) {
        const set = ["--data", at("set"), "--out"];
        const masks = at("set", "SegmentationClass");
        await task("export", "masks", masks, "--format", format, ...set, at(name));
        await task("import", "masks", at(name), ...set, at(`${format} again`));
      }
    }),
});

Deno.test("docs/security.md says where each command writes", async () => {
  const page = await Deno.readTextFile(join(root, "docs/security.md"));
  for (const { name, config } of commands) {
    const [, cell] = new RegExp(`^\\| \`${name}\` +\\| (.*) \\|$`, "m").exec(page)!;
    const named = [...cell.matchAll(/`--([\w.-]+)`/g)].map(([, flag]) => flag);
    const outputs = optionsOf(config).filter(({ schema }) => schema.output);
    const flags = outputs.map(({ flag }) => flag);
    assertEquals(named.filter((flag) => flag !== "config").sort(), flags.sort(), name);
  }
});

Deno.test("outputs that are nested, left open or follow from a run are known", () =>
  inFolder(async (at) => {
    const outputs = async (line: string, file: object) => {
      const words = line.split(" ");
      const command = commands.find(({ name }) => name === words[0])!;
      await Deno.writeTextFile(at("options.json"), JSON.stringify(file));
      const args = [...words.slice(1), "--config", at("options.json")];
      return (await outputsOf(command, readOptions(command, args, "henka").config)).toSorted();
    };
    assertEquals(await outputs("seeds --data d --out o --cam.previews p --cache c", {}), [
      "c",
      "o",
      "p",
    ]);
    const segment = { sheet: "sheets/a.png", probabilities: "soft" };
    const methods = [{ name: "a", training: "static", segment }];
    const variants = [{ name: "b", options: { refine: { changes: "other" } } }];
    assertEquals(
      await outputs("compare --data d --out o", { refine: { changes: "c" }, methods, variants }),
      ["c", "o", "other", "sheets", "soft"],
    );
    assertEquals(await outputs("evaluate --data d --predictions p", {}), ["p"]);
    assertEquals(await outputs("evaluate --data d --predictions p --out e.json", {}), ["."]);
    const run = at("run");
    await Deno.mkdir(join(run, "checkpoints"), { recursive: true });
    const saved = { data: "d", scores: "cam", out: run, cache: "kept" };
    await Deno.writeTextFile(join(run, "config.json"), JSON.stringify(saved));
    await Deno.writeTextFile(join(run, "latest.json"), '{ "step": 1, "file": "a" }');
    await Deno.writeTextFile(join(run, "checkpoints", "a"), "");
    const known = [join(run, "changes"), "kept", "o"].toSorted();
    assertEquals(await outputs(`refine --run ${run} --out o`, {}), known);
    assertEquals(await outputs(`refine --run ${run} --out o --data e --changes c`, {}), ["c", "o"]);
    assertEquals(
      await outputs(`refine --run ${run} --out o --data d`, {}),
      known,
      "as the run says",
    );
    assertEquals(await outputs(`ladder --run ${run}`, {}), [run, "kept"].toSorted());
  }));
