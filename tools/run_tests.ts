// Runs the tests and the examples in the docstrings: `deno task test [paths or flags of deno test]`.
// Without paths and flags several processes share them: each file of `tests` and each room is a part,
// and what is said of a part comes when it has ended. The types of all are checked before. The last
// line is "N passed, N failed", and the exit status follows from it.

/** What came of one process of `deno test`. */
interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** Which tests failed, a line each. */
  failures: string;
}

/** How many parts run at once: more than cores, because each often waits; as many as memory bears. */
const atOnce = Math.max(
  1,
  Math.min(navigator.hardwareConcurrency + 1, 6, Math.floor(Deno.systemMemoryInfo().total / 3e9)),
);

const outcomes = Deno.args.length > 0 ? [await test(Deno.args, print)] : await all();
const sum = (key: "passed" | "failed" | "skipped") =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);
const failed = sum("failed");
if (outcomes.length > 1 && failed > 0) {
  print(`\nFailed:\n${outcomes.map(({ failures }) => failures).join("")}\n`);
}
const skipped = sum("skipped");
console.log(`${sum("passed")} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
Deno.exit(failed === 0 ? 0 : 1);

/** Runs all parts, as many at once as the machine bears. */
async function all(): Promise<Outcome[]> {
  const check = new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--doc"],
    ...{ stdin: "null", stdout: "inherit", stderr: "inherit" },
  });
  if (!(await check.output()).success) {
    return [{ passed: 0, failed: 1, skipped: 0, failures: "types" }];
  }
  const outcomes: Outcome[] = [];
  const left = parts();
  const worker = async () => {
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      let said = "";
      const outcome = await test(["--no-check", ...part], (text) => void (said += text));
      print(`${said.trim()}\n`);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return outcomes;
}

/** Files and folders that one process tests, those first that take long. */
function parts(): string[][] {
  const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const hasTests = (folder: string): boolean =>
    [...Deno.readDirSync(folder)].some(({ name, isDirectory }) =>
      isDirectory ? hasTests(`${folder}/${name}`) : name.endsWith("_test.ts")
    );
  const rooms = names("src").map((name) => `src/${name}`);
  const [tested, others] = [rooms.filter(hasTests), rooms.filter((room) => !hasTests(room))];
  const alone = names("tests").filter((name) => name.endsWith("_test.ts"));
  const long = ["src/wgsl", "src/models", "src/crf"];
  return [
    ...[...long, "tools", ...alone.map((name) => `tests/${name}`)].map((part) => [part]),
    ...tested.filter((room) => !long.includes(room)).map((room) => [room]),
    [...others, "mod.ts", "cli.ts", "docs/library.md"],
  ];
}

/** Runs `deno test` with paths, or flags, or both. */
async function test(
  args: readonly string[],
  say: (text: string) => void,
): Promise<Outcome> {
  const paths = args.some((arg) => !arg.startsWith("-")) ? [] : parts().flat();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", ...args, ...paths],
    // The default backends include OpenGL, whose clean-up sometimes aborts the process at its end.
    env: {
      ...(Deno.build.os === "linux"
        ? { XDG_RUNTIME_DIR: "/tmp", DENO_WEBGPU_BACKEND: "vulkan" }
        : undefined),
      ...Deno.env.toObject(),
      ...(Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : undefined),
    },
    ...{ stdout: "piped", stderr: "piped" },
  }).spawn();
  let tail = "";
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      tail = (tail + text).slice(-4000);
      say(text);
    }
  };
  await Promise.all([listen(child.stdout), listen(child.stderr)]);
  const { code, signal } = await child.status;
  // deno-lint-ignore no-control-regex
  const plain = tail.replace(/\x1b\[[0-9;]*m/g, "");
  const count = (word: string) => {
    const summaries = [...plain.matchAll(new RegExp(`\\| .*?(\\d+) ${word}`, "g"))];
    return summaries.length === 0 ? undefined : Number(summaries.at(-1)![1]);
  };
  const summary = { passed: count("passed") ?? 0, skipped: count("ignored") ?? 0 };
  // Without a summary the tests did not start or end; an abort after the summary changes no result.
  const aborted = signal !== null || code >= 128;
  const failed = count("failed") ?? 1;
  if (failed === 0 && (code === 0 || aborted)) return { ...summary, failed, failures: "" };
  const [, listed = `${args.join(" ")}: status ${code}`] = /FAILURES\s+(.*?)\n\n/s.exec(plain) ??
    [];
  return { ...summary, failed: Math.max(1, failed), failures: `${listed}\n` };
}

function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
