import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { version } from "../files/version.ts";
import { readRun } from "./run.ts";
import { RunFolder } from "./run_folder.ts";

/** Runs a test in a folder that is removed afterwards. */
function inFolder(test: (path: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test(join(folder, "run"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

const bytes = (...values: number[]) => new Uint8Array(values);
const files = (path: string) => [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
const metrics = (path: string) => Deno.readTextFileSync(join(path, "metrics.jsonl"));

Deno.test(
  "RunFolder notes each start with its versions and device, and a new run has its own notes",
  inFolder(async (path) => {
    const starts = () =>
      Deno.readTextFileSync(join(path, "starts.jsonl")).trim().split("\n").map((line) => {
        const { command, step, henka, deno, device, time } = JSON.parse(line);
        assert(!Number.isNaN(Date.parse(time)), time);
        return [command, step, henka, deno, device];
      });
    const own = [version, Deno.version.deno];
    {
      using run = await RunFolder.open(path, {});
      await run.started("train a", "GPU 1");
      await run.save(5, bytes(1));
    }
    {
      using run = await RunFolder.open(path, {}, { resume: true });
      await run.started("train a", "GPU 2");
    }
    assertEquals(starts(), [["train a", 0, ...own, "GPU 1"], ["train a", 5, ...own, "GPU 2"]]);
    using run = await RunFolder.open(path, {}, { overwrite: true });
    await run.started("train b", "GPU 1");
    assertEquals(starts(), [["train b", 0, ...own, "GPU 1"]]);
  }),
);

Deno.test(
  "RunFolder resumes at the latest checkpoint and forgets the metrics after it",
  inFolder(async (path) => {
    const config = { epochs: 3, workers: 1 };
    {
      using run = await RunFolder.open(path, config);
      assertEquals(run.checkpoint, undefined);
      for (const step of [1, 2, 3]) {
        await run.append({ step, loss: 1 / step });
        if (step < 3) await run.save(step, bytes(step));
      }
    }
    Deno.writeTextFileSync(join(path, "metrics.jsonl"), '{"step":4,"lo\n{"ste', { append: true });
    {
      const options = { resume: true, mayChange: ["workers"] };
      using run = await RunFolder.open(path, { ...config, workers: 2 }, options);
      assertEquals(run.checkpoint?.step, 2);
      assertEquals(Deno.readFileSync(run.checkpoint!.path), bytes(2));
      assertEquals(metrics(path), '{"step":1,"loss":1}\n{"step":2,"loss":0.5}\n');
      await run.append({ step: 3 });
    }
    assertEquals(metrics(path).split("\n").length, 4);
    const run = await readRun(path);
    assertEquals([run.config, run.checkpoint.step], [config, 2]);
  }),
);

Deno.test(
  "RunFolder keeps the newest checkpoints and leaves no temporary file",
  inFolder(async (path) => {
    using run = await RunFolder.open(path, {});
    for (const step of [9, 10, 100]) await run.save(step, bytes(step));
    await run.preview(100, bytes(1));
    assertEquals(files(join(path, "checkpoints")), [
      "step-00000010.safetensors",
      "step-00000100.safetensors",
    ]);
    assertEquals(files(join(path, "previews")), ["step-00000100.png"]);
    assertEquals(files(path).filter((name) => name.endsWith(".tmp")), []);
  }),
);

Deno.test(
  "RunFolder removes a run only when told to, and nothing that is not the run's",
  inFolder(async (path) => {
    (await RunFolder.open(path, { a: 1 }))[Symbol.dispose]();
    Deno.writeTextFileSync(join(path, "notes.txt"), "mine");
    await assertRejects(() => RunFolder.open(path, { a: 1 }), InputError, "one is there");
    {
      using run = await RunFolder.open(path, { a: 1 }, { resume: true });
      await run.save(5, bytes(5));
    }
    {
      using run = await RunFolder.open(path, { a: 2 }, { overwrite: true });
      assertEquals([run.checkpoint, files(join(path, "checkpoints"))], [undefined, []]);
    }
    assertEquals(Deno.readTextFileSync(join(path, "notes.txt")), "mine");
  }),
);

Deno.test(
  "a run that was being replaced when the process died is gone: another starts without being told to",
  inFolder(async (path) => {
    {
      using run = await RunFolder.open(path, { a: 1 });
      await run.append({ step: 5 });
      await run.save(5, bytes(5));
      await run.preview(5, bytes(1));
    }
    const { remove } = Deno;
    Deno.remove = (path, options) =>
      `${path}`.endsWith("latest.json") ? Promise.reject(new Error("died")) : remove(path, options);
    await assertRejects(() => RunFolder.open(path, { a: 2 }, { overwrite: true }), Error, "died");
    Deno.remove = remove;
    await assertRejects(() => readRun(path), InputError, "it has no config.json");
    assert(files(join(path, "checkpoints")).length > 0, "something is left");
    using run = await RunFolder.open(path, { a: 3 }, { resume: true });
    assertEquals(run.checkpoint, undefined);
    assertEquals(files(join(path, "checkpoints")), []);
    assertEquals(files(path), [".lock", "checkpoints", "config.json", "metrics.jsonl", "previews"]);
  }),
);

Deno.test(
  "a run goes on without the checkpoints that a process which died had no time to announce or remove",
  inFolder(async (path) => {
    const best = (step: number, score: number) => ({ step, name: "points", score, list: "val" });
    {
      using run = await RunFolder.open(path, {});
      for (const step of [2, 4]) {
        await run.append({ step });
        await run.save(step, bytes(step));
      }
      await run.saveBest(best(4, 1), bytes(4));
      await run.append({ step: 5 });
    }
    const kept = ["best-00000004", "step-00000002", "step-00000004"];
    const names = (kept: string[]) => kept.map((name) => `${name}.safetensors`);
    for (
      const name of names(["best-00000002", "best-00000006", "step-00000001", "step-00000006"])
    ) {
      await Deno.writeFile(join(path, "checkpoints", name), bytes(1));
    }
    using run = await RunFolder.open(path, {}, { resume: true });
    assertEquals(run.checkpoint?.step, 4);
    assertEquals(files(join(path, "checkpoints")), names(kept));
    assertEquals(metrics(path), '{"step":2}\n{"step":4}\n');
  }),
);

Deno.test(
  "RunFolder refuses to resume with other options",
  inFolder(async (path) => {
    (await RunFolder.open(path, { learningRate: 3 }, { resume: true }))[Symbol.dispose]();
    await assertRejects(
      () => RunFolder.open(path, { learningRate: 4 }, { resume: true }),
      InputError,
      `Cannot resume the run ${path}: its --learning-rate was 3 and is now 4.`,
    );
  }),
);

Deno.test(
  "a run whose newest checkpoint was deleted goes on from the one before",
  inFolder(async (path) => {
    {
      using run = await RunFolder.open(path, {});
      for (const step of [8, 9, 10]) {
        await run.append({ step });
        await run.save(step, bytes(step));
      }
    }
    Deno.removeSync(join(path, "checkpoints", "step-00000010.safetensors"));
    assertEquals((await readRun(path)).checkpoint.step, 9);
    {
      using run = await RunFolder.open(path, {}, { resume: true });
      assertEquals(run.checkpoint?.path, join(path, "checkpoints", "step-00000009.safetensors"));
      assertEquals(metrics(path), '{"step":8}\n{"step":9}\n');
    }
    Deno.removeSync(join(path, "checkpoints", "step-00000009.safetensors"));
    await assertRejects(() => readRun(path), InputError, "step-00000010.safetensors is missing");
  }),
);

Deno.test(
  "RunFolder.check refuses what open refuses and changes nothing",
  inFolder(async (path) => {
    await RunFolder.check(path, { a: 1 });
    assertEquals(await Deno.stat(path).catch(() => "none"), "none");
    (await RunFolder.open(path, { a: 1 }))[Symbol.dispose]();
    await assertRejects(() => RunFolder.check(path, { a: 1 }), InputError, "one is there");
    await assertRejects(() => RunFolder.check(path, { a: 2 }, { resume: true }), InputError, "--a");
    await RunFolder.check(path, { a: 2 }, { resume: true, mayChange: ["a"] });
    await RunFolder.check(path, { a: 2 }, { overwrite: true });
    assertEquals((await Deno.readTextFile(join(path, "config.json"))).includes('"a": 1'), true);
  }),
);

Deno.test(
  "RunFolder says in one line why it cannot write",
  inFolder(async (path) => {
    await Deno.writeTextFile(path, "");
    await assertRejects(() => RunFolder.open(path, {}), InputError, `Cannot write ${path}: a file`);
    const below = join(path, "run");
    await assertRejects(
      () => RunFolder.open(below, {}),
      InputError,
      `Cannot write ${below}: a part`,
    );
  }),
);

Deno.test(
  "RunFolder is held by one process at a time",
  inFolder(async (path) => {
    {
      using _run = await RunFolder.open(path, {});
      const second = () => RunFolder.open(path, {}, { overwrite: true });
      await assertRejects(second, InputError, "another process is writing it");
    }
    (await RunFolder.open(path, {}, { resume: true }))[Symbol.dispose]();
  }),
);

Deno.test(
  "readRun says what is missing",
  inFolder(async (path) => {
    await assertRejects(() => readRun(path), InputError, "it has no config.json");
    (await RunFolder.open(path, {}))[Symbol.dispose]();
    await assertRejects(() => readRun(path), InputError, "it has no checkpoint yet");
    Deno.writeTextFileSync(join(path, "config.json"), "{");
    await assertRejects(() => readRun(path), InputError, join(path, "config.json"));
  }),
);
