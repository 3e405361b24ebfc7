import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { backward, Sgd } from "../nn/mod.ts";
import { detach, parameter, read, tensor } from "../tensor/mod.ts";
import { mul } from "../wgsl/mod.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { readRun } from "./run.ts";
import { RunFolder } from "./run_folder.ts";
import type { Context } from "../options/command.ts";
import { type Intervals, train, type Training } from "./train.ts";

/** What happened in one call of `train`. */
interface Story {
  readonly error: unknown;
  readonly lines: string[];
  readonly previews: number[];
}

/** Where a training is disturbed, by the number of steps done. */
interface Trouble {
  readonly abortAt?: number;
  readonly damagedAt?: number;
  readonly crashAt?: number;
  readonly nanAt?: number;
  /** Among the options of the run. */
  readonly precision?: "f16";
  readonly lostAt?: number;
  /** The disk is full from this step on, while the session lasts. */
  readonly fullAt?: number;
  /** Stopped while it is validated after this step. */
  readonly stopValidatingAt?: number;
}

/** When a session is validated, and what w scores then. */
interface Measuring {
  readonly every: number;
  readonly score: (step: number) => number;
}

const STEPS = 23;

/** Trains one number w towards 0, with a gradient that depends on the step; checks its memory. */
async function session(
  path: string,
  intervals: Intervals,
  trouble: Trouble = {},
  validating?: Measuring,
): Promise<Story> {
  using device = await Device.open();
  const abort = new AbortController();
  const [lines, previews]: [string[], number[]] = [[], []];
  let full: Disposable | undefined;
  const w = parameter(device, new Float32Array([1]), [1]);
  const optimizer = new Sgd([{ parameters: [["w", w]] }], 0.9);
  const training: Training<number> = {
    steps: STEPS,
    stepsPerEpoch: 10,
    state: [["w", w], ...optimizer.state()],
    scalars: ["loss"],
    restore: (step) => optimizer.steps = step,
    async *batches(step) {
      for (;; step++) {
        if (step === trouble.damagedAt) throw new InputError("Cannot read a.jpg: damaged.");
        if (step === trouble.crashAt) throw new Error("crash");
        if (step === trouble.lostAt) device.gpu.destroy();
        if (step === trouble.fullAt) full = fullDisk();
        await Promise.resolve();
        yield step;
      }
    },
    step(batch, step) {
      assertEquals([batch, optimizer.steps], [step, step]);
      if (step + 1 === trouble.abortAt) abort.abort(new DOMException("Stopped", "AbortError"));
      const factor = step + 1 === trouble.nanAt ? NaN : Math.sin(batch + 1);
      const loss = mul(mul(w, w), tensor(device, new Float32Array([factor]), [1]));
      const logged = { loss: detach(loss) };
      optimizer.step(backward(loss), 0.01);
      return logged;
    },
    [Symbol.dispose]() {
      for (const [, x] of this.state) x.release();
    },
    async preview(step) {
      previews.push(step);
      const name = `step-${String(step).padStart(8, "0")}.png`;
      await Deno.writeTextFile(join(path, "previews", name), `${await read(w)}`);
    },
    validation: validating && {
      every: validating.every,
      state: [["w", w]],
      list: "val",
      measure() {
        if (optimizer.steps === trouble.stopValidatingAt) {
          abort.abort(new DOMException("Stopped", "AbortError"));
          abort.signal.throwIfAborted();
        }
        return Promise.resolve({ points: validating.score(optimizer.steps), more: 1 });
      },
    },
  };
  const context: Context = {
    device: () => Promise.resolve(device),
    progress: () => ({ update() {}, done() {} }),
    log: (line) => lines.push(line),
    signal: abort.signal,
  };
  const options = { resume: true, mayChange: ["log"] };
  const { precision } = trouble;
  try {
    using run = await RunFolder.open(
      path,
      { kind: "test", ...(precision && { precision }) },
      options,
    );
    await train(run, training, intervals, context);
    return { error: undefined, lines, previews };
  } catch (error) {
    return { error, lines, previews };
  } finally {
    full?.[Symbol.dispose]();
    training[Symbol.dispose]();
    assertEquals([device.pool.live, device.pool.bytes], [0, 0], "memory in use after training");
  }
}

/** Makes every write fail as on a full disk, after half of what is written, until it is disposed. */
function fullDisk(): Disposable {
  const { open, writeTextFile } = Deno;
  const fail = () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
  Deno.open = async (...args) => {
    const file = await open(...args);
    const write = file.write.bind(file);
    let written = false;
    file.write = (bytes) => {
      if (written) return fail();
      written = true;
      return write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
    };
    return file;
  };
  Deno.writeTextFile = async (path, text, options) => {
    await writeTextFile(path, `${text}`.slice(0, 9), options);
    await fail();
  };
  return { [Symbol.dispose]: () => void Object.assign(Deno, { open, writeTextFile }) };
}

const metrics = (path: string) =>
  Deno.readTextFileSync(join(path, "metrics.jsonl")).trim().split("\n").filter(Boolean)
    .map((line) => {
      const { secondsPerStep, ...rest } = JSON.parse(line);
      assert(secondsPerStep > 0 || rest.validation);
      return rest;
    });
const latest = (path: string) => JSON.parse(Deno.readTextFileSync(join(path, "latest.json")));
const checkpoint = (path: string) =>
  Deno.readFileSync(join(path, "checkpoints", latest(path).file));

function inFolder(test: (path: (name: string) => string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test((name) => join(folder, name));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

const every = { log: 5, save: 7 };

Deno.test(
  "a training that was stopped, damaged and crashed ends as one that was not",
  inFolder(async (path) => {
    const whole = await session(path("whole"), every);
    assertEquals([whole.error, whole.previews], [undefined, [7, 14, 21, 23]]);
    assertEquals(metrics(path("whole")).map(({ step }) => step), [5, 10, 15, 20, 23]);
    assert(whole.lines[0].startsWith("Memory: 0.0 MiB kept"));

    const parts = path("parts");
    const stopped = await session(parts, every, { abortAt: 3 });
    assertEquals((stopped.error as Error).name, "AbortError");
    assertEquals([latest(parts).step, stopped.previews], [3, [3]]);
    assertEquals(stopped.lines, [
      "Saved after 3 of 23 steps; the same command goes on from there.",
    ]);
    const damaged = await session(parts, every, { damagedAt: 12 });
    assertEquals((damaged.error as Error).message, "Cannot read a.jpg: damaged.");
    assertEquals([latest(parts).step, damaged.previews], [12, [7]]);
    assertEquals(damaged.lines, [
      "Saved after 12 of 23 steps; the same command goes on from there.",
    ]);
    const crashed = await session(parts, every, { crashAt: 18 });
    assertEquals((crashed.error as Error).message, "crash");
    assertEquals([latest(parts).step, crashed.lines], [14, [
      "Saved after 14 of 23 steps; the same command goes on from there.",
    ]]);
    assertEquals(metrics(parts).map(({ step }) => step), [5, 10, 15]);
    assertEquals((await session(parts, every)).error, undefined);

    assertEquals(metrics(parts), metrics(path("whole")));
    assertEquals(checkpoint(parts), checkpoint(path("whole")));
  }),
);

Deno.test(
  "a run that has all its steps is left as it is",
  inFolder(async (path) => {
    await session(path("run"), every);
    const before = [metrics(path("run")), checkpoint(path("run"))];
    const again = await session(path("run"), every);
    assertEquals([again.error, again.previews], [undefined, []]);
    assertEquals(again.lines, [`${path("run")} has all its 23 steps.`]);
    assertEquals([metrics(path("run")), checkpoint(path("run"))], before);
  }),
);

Deno.test(
  "a preview that was not drawn before the process died is drawn when the run goes on",
  inFolder(async (path) => {
    await session(path("whole"), every);
    const preview = (run: string, step: string) => join(run, "previews", `step-000000${step}.png`);
    const expected = (step: string) => Deno.readTextFileSync(preview(path("whole"), step));
    assert(expected("14") !== expected("23"));
    const run = path("run");
    await session(run, every, { crashAt: 16 });
    await Deno.remove(preview(run, "14"));
    assertEquals((await session(run, every)).previews, [14, 21, 23]);
    assertEquals(Deno.readTextFileSync(preview(run, "14")), expected("14"));
    await Deno.remove(preview(run, "23"));
    const { previews, lines } = await session(run, every);
    assertEquals([previews, lines], [[23], [`${run} has all its 23 steps.`]]);
    assertEquals(Deno.readTextFileSync(preview(run, "23")), expected("23"));
  }),
);

Deno.test({
  name: "a full disk ends the run in one line that says what is saved, and the run goes on later",
  ignore: Deno.build.os !== "linux",
  fn: inFolder(async (path) => {
    await session(path("whole"), every);
    const line = "no space is left on the disk. Free some space or choose another folder.";
    for (const [at, saved] of [[3, 0], [9, 7], [22, 21]]) { // with nothing saved, once, thrice
      const run = path(`full-${at}`);
      const { error, lines } = await session(run, every, { fullAt: at });
      assert(error instanceof InputError);
      assert(error.message.startsWith(`Cannot write ${run}/`), error.message);
      assert(error.message.endsWith(line), error.message);
      assertEquals(lines, [
        saved === 0
          ? "Nothing is saved: it stopped before the first checkpoint."
          : `Saved after ${saved} of 23 steps; the same command goes on from there.`,
      ]);
      for (const folder of [run, join(run, "checkpoints")]) {
        for (const { name } of Deno.readDirSync(folder)) assert(!name.endsWith(".tmp"), name);
      }
      assertEquals((await session(run, every)).error, undefined);
      assertEquals(metrics(run), metrics(path("whole")));
      assertEquals(checkpoint(run), checkpoint(path("whole")));
    }
  }),
});

Deno.test(
  "a loss that is not a number ends the run in one line and leaves its last checkpoint",
  inFolder(async (path) => {
    const { error, lines } = await session(path("run"), { log: 5, save: 4 }, { nanAt: 11 });
    assert(error instanceof InputError);
    assertEquals(
      error.message,
      `Cannot go on with ${path("run")}: a loss is not a number at step 11. ` +
        "Start again with a lower --learning-rate.",
    );
    assertEquals([latest(path("run")).step, lines], [8, []]);
    assertEquals(metrics(path("run")).map(({ step }) => step), [5, 10]);
    // Met when the checkpoint is due before the next line of metrics.
    const trouble = { nanAt: 6, precision: "f16" } as const;
    const other = await session(path("other"), { log: 50, save: 4 }, trouble);
    assert(other.error instanceof InputError);
    assert(
      other.error.message.includes("at step 6. A map of the encoder may hold more than f16 can"),
    );
    assert(other.error.message.endsWith("--precision f32, or a lower --learning-rate."));
    assertEquals(latest(path("other")).step, 4);
  }),
);

Deno.test(
  "a device that is lost ends the run in one line and leaves its last checkpoint",
  inFolder(async (path) => {
    const { error } = await session(path("run"), every, { lostAt: 9 });
    assertEquals((error as Error).name, "DeviceError");
    assert((error as Error).message.includes("the device was lost"), `${error}`);
    assertEquals(latest(path("run")).step, 7);
    assertEquals((await session(path("run"), every)).error, undefined);
    await session(path("whole"), every);
    assertEquals(metrics(path("run")), metrics(path("whole")));
  }),
);

Deno.test(
  "a damaged checkpoint is named, and the one before it is taken when it is deleted",
  inFolder(async (path) => {
    const run = path("run");
    await session(run, every, { abortAt: 16 });
    const file = join(run, "checkpoints", "step-00000016.safetensors");
    await Deno.truncate(file, Deno.statSync(file).size - 3);
    const { error } = await session(run, every);
    assert(error instanceof InputError);
    assertEquals(
      error.message,
      `Cannot read ${file}: it is truncated: 3 bytes of data are missing. ` +
        "Delete it, and the checkpoint before it is taken.",
    );
    await Deno.remove(file);
    assertEquals((await session(run, every)).error, undefined);
    await session(path("whole"), every);
    assertEquals(checkpoint(run), checkpoint(path("whole")));
    assertEquals(metrics(run), metrics(path("whole")));
  }),
);

Deno.test(
  "the best is kept beside the last, also where the run was stopped while it was validated",
  inFolder(async (path) => {
    const validating = { every: 4, score: (step: number) => [3, 5, 5, 4, 1, 2][step / 4 - 1] ?? 0 };
    const whole = await session(path("whole"), every, {}, validating);
    assertEquals(whole.lines[0], "Best points of the validation: 5.0000 after step 8.");
    const validated = metrics(path("whole")).filter(({ validation }) => validation);
    assertEquals(
      validated,
      [4, 8, 12, 16, 20, 23].map((step) => {
        const validation = { points: validating.score(step), more: 1 };
        return { step, epoch: step / 10, validation };
      }),
    );
    const { checkpoint: best } = await readRun(path("whole"), "best");
    assertEquals([best.step, best.path], [
      8,
      join(path("whole"), "checkpoints", "best-00000008.safetensors"),
    ]);
    const held = await readSafetensors(best.path);
    assertEquals([...held.tensors.keys()], ["w"], "the networks, not the optimizer");
    assertEquals((await readRun(path("whole"))).checkpoint.step, 23);

    for (const stopValidatingAt of [8, 12, 23]) { // a new best, none, the last step
      const run = path(`stopped-${stopValidatingAt}`);
      const stopped = await session(run, every, { stopValidatingAt }, validating);
      assertEquals((stopped.error as Error).message, "Stopped");
      assertEquals(latest(run).step, stopValidatingAt);
      assertEquals(
        metrics(run).some(({ step, validation }) => {
          return validation && step >= stopValidatingAt;
        }),
        false,
      );
      assertEquals((await session(run, every, {}, validating)).error, undefined);
      assertEquals(metrics(run), metrics(path("whole")));
      assertEquals((await readRun(run, "best")).checkpoint.step, 8);
      assertEquals(
        await Deno.readFile((await readRun(run, "best")).checkpoint.path),
        await Deno.readFile(best.path),
      );
    }
    // A crash after a better one was found, but before it was saved: the steps are run again.
    const run = path("crashed");
    await session(run, { log: 5, save: 5 }, { crashAt: 8 }, validating);
    assertEquals([latest(run).step, (await readRun(run, "best")).checkpoint.step], [5, 8]);
    await session(run, { log: 5, save: 5 }, {}, validating);
    assertEquals(metrics(run), metrics(path("whole")));
    assertEquals(
      await Deno.readFile((await readRun(run, "best")).checkpoint.path),
      await Deno.readFile(best.path),
    );
  }),
);

Deno.test(
  "readRun says that there is no best checkpoint",
  inFolder(async (path) => {
    await session(path("run"), every);
    const error = await assertRejects(() => readRun(path("run"), "best"), InputError);
    assertEquals(
      error.message,
      `Cannot read the run ${path("run")}: it has no best checkpoint. Train it with --validation.`,
    );
  }),
);
