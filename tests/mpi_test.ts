// Several processes that MPI has started train together.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { taskFlags } from "../tools/task_flags.ts";
import { environment, type Launcher, launchers } from "./mpi.ts";
import { type At, bytes, inFolder, metrics, names } from "./training.ts";

const root = fromFileUrl(import.meta.resolve("../"));
const last = "step-00000016.safetensors";
const flags = taskFlags.get("train")!;

/** A training of 16 steps whose encoder has batch norms. */
function command(at: At, out: string, ...own: string[]): string[] {
  const options = {
    ...{ "image-size": 16, width: 4, depth: 1, batch: 6, epochs: 16 },
    ...{ "log-every": 1, "save-every": 8 },
    ...{ data: at("set"), masks: "SegmentationClass", out: at(out) },
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return ["run", "--no-check", ...flags, "cli.ts", "train", "segmenter", ...args, ...own];
}

function start(args: readonly string[], launcher?: Launcher, ranks = 1): Deno.ChildProcess {
  const [program, ...own] = launcher
    ? [...launcher.command, "-n", String(ranks), Deno.execPath()]
    : [Deno.execPath()];
  return new Deno.Command(program, {
    args: [...own, ...args],
    env: { NO_COLOR: "1", ...environment },
    cwd: root,
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
}

async function ended(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

async function done(child: Deno.ChildProcess): Promise<string> {
  const { code, out, err } = await ended(child);
  assertEquals(code, 0, out + err);
  return out;
}

/** Waits until a checkpoint is there. */
async function saved(run: string): Promise<void> {
  for (;;) {
    try {
      await Deno.stat(`${run}/latest.json`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The processes that have this argument, and were not started to start others. */
async function ranksOf(argument: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    const words = line.split("\0");
    if (words[0] === Deno.execPath() && words.includes(argument)) found.push(Number(name));
  }
  return found.sort((a, b) => a - b);
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function near(a: string, b: string): void {
  const [rows, others] = [metrics(a), metrics(b)];
  assertEquals(rows.map(({ step }) => step), others.map(({ step }) => step));
  assertEquals(rows.length, 16);
  rows.forEach(({ step, segmentation }, i) => {
    assert(Math.abs(segmentation - others[i].segmentation) < 1e-5, `loss of step ${step}`);
  });
}

const ignore = launchers.length === 0;
if (ignore) {
  Deno.test({ name: "ranks of MPI (no mpirun)", ignore, fn() {} });
}

for (const launcher of launchers) {
  Deno.test(`${launcher.name}: two ranks and three train as one process does, and as they did`, () =>
    inFolder(async (at) => {
      await done(start(command(at, "one")));
      const said = await done(start(command(at, "two"), launcher, 2));
      assertStringIncludes(said, "2 ranks train together; each takes up to 3 of a batch's 6");
      assertMatch(said, /^Ranks 0, 1: .* on .*$/m);
      await done(start(command(at, "three"), launcher, 3));
      await done(start(command(at, "again"), launcher, 3));
      near(at("two"), at("one"));
      near(at("three"), at("one"));
      // At each checkpoint the ranks have compared their networks, to the bit.
      const [three, again] = await Promise.all(
        ["three", "again"].map((run) => bytes(at(run, "checkpoints"), last)),
      );
      assertEquals(three, again);
    }));

  Deno.test(`${launcher.name}: a rank that dies ends all; one process goes on from the checkpoint`, () =>
    inFolder(async (at) => {
      const child = start(command(at, "run", "--epochs=120"), launcher, 3);
      await saved(at("run"));
      const out = `--out=${at("run")}`;
      const ranks = await ranksOf(out);
      assertEquals(ranks.length, 3);
      Deno.kill(ranks.at(-1)!, "SIGKILL");
      let waits = false;
      const patience = setTimeout(() => {
        waits = true;
        child.kill("SIGKILL");
      }, 120_000);
      const { code } = await ended(child);
      clearTimeout(patience);
      assert(code !== 0, "the launcher tells it");
      assert(!waits, "a rank waits for the one that has died");
      assertEquals(await ranksOf(out), []);
      const { file } = JSON.parse(await Deno.readTextFile(at("run", "latest.json")));
      assert(names(at("run", "checkpoints")).includes(file));
      const said = await done(start(command(at, "run", "--epochs=120", "--resume")));
      assertMatch(said, /^Saved by 3 ranks, continued by 1: /m);
      assertEquals(metrics(at("run")).map(({ step }) => step), range(1, 120));
    }));

  Deno.test(`${launcher.name}: one line of one rank for options that differ, and for a mistake`, () =>
    inFolder(async (at) => {
      const other = ["-n", "1", Deno.execPath(), ...command(at, "run", "--learning-rate=0.5")];
      const child = start([...command(at, "run"), ":", ...other], launcher, 1);
      const { code, err } = await ended(child);
      assertEquals(code, 2, err);
      const line = "Rank 0: Cannot train together: --learning-rate is 0.001 on rank 0 and 0.5 on " +
        "rank 1. Give all ranks the same options.";
      assertEquals(err.split("\n").filter((said) => said.startsWith("Rank ")), [line]);
      const none = await ended(start(command(at, "run", "--masks=none"), launcher, 2));
      assertEquals(none.code, 2);
      const told = none.err.split("\n").filter((said) => said.startsWith("Rank "));
      assertEquals(told.length, 1, none.err);
      assertMatch(told[0], /^Rank 0: Cannot find the masks none: .* Give the folder/);
    }));
}

if (launchers.length > 1) {
  Deno.test("the library of another MPI than the launcher's is refused", async () => {
    const [one, other] = launchers;
    const script = fromFileUrl(import.meta.resolve("./foreign_mpi.ts"));
    for (const [launcher, library] of [[one, "libmpi.so.40"], [other, "libmpich.so.12"]] as const) {
      const args = ["run", "--no-check", "--allow-all", script, library];
      const { out } = await ended(start(args, launcher, 2));
      assertMatch(out, /^Cannot train with 2 processes of .*: the library .* sees 1, so it is not/);
    }
  });
}
