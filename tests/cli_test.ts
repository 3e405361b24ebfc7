import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

const sample = fromFileUrl(import.meta.resolve("./cli_stages.ts"));
const real = fromFileUrl(import.meta.resolve("../cli.ts"));

const child = (script: string, args: readonly string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });

async function run(script: string, ...args: string[]) {
  const { code, stdout, stderr } = await child(script, args).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("a command runs with its options; results go to stdout, progress to stderr", async () => {
  const { code, out, err } = await run(sample, "train", "static", "--folder", ".", "--epochs=3");
  assertEquals([code, out], [0, "trained 3\n"]);
  assertMatch(err, /^train 3\/3 .*loss 0\.5\n$/);
  const quiet = await run(sample, "train", "static", "--folder", ".", "--quiet");
  assertEquals(quiet, { code: 0, out: "trained 10\n", err: "" });
});

const mistakes: readonly [line: string, message: string][] = [
  ["refine", 'Cannot run "refine": there is no such command. See "--help" for all commands.'],
  ["mistale", 'Cannot run "mistale": there is no such command. Did you mean "mistake"?'],
  ["train", 'Cannot run "train": it is incomplete. Say "train static".'],
  ["--epochs 3", 'Cannot run: no command is given. See "--help".'],
  [
    "train static --epoch 3 --folder .",
    "Cannot use --epoch: train static has no such option. Did you mean --epochs?",
  ],
  [
    "train static --folder . --epochs 0",
    'Cannot use --epochs 0: expected number to be >=1. See "train static --help".',
  ],
  [
    "train static",
    'Cannot run train static: --folder must be given. See "train static --help".',
  ],
  ["mistake", "Cannot read x: it is not y."],
  ["syntax", "Cannot read a.json: stray comma"],
  ["device", "Cannot open a GPU: none"],
];

for (const [line, message] of mistakes) {
  Deno.test(`"${line}" ends with one line and status 2`, async () => {
    assertEquals(await run(sample, ...line.split(" ")), { code: 2, out: "", err: `${message}\n` });
  });
}

Deno.test("a missing folder is named and ends with status 2", async () => {
  const { code, err } = await run(sample, "train", "static", "--folder", "no/such/folder");
  assertEquals([code, err.trim().split("\n").length], [2, 1]);
  assertStringIncludes(err, "no/such/folder");
});

Deno.test("a defect shows its stack and ends with status 1", async () => {
  const { code, err } = await run(sample, "defect");
  assertEquals(code, 1);
  assertMatch(err, /^RangeError: Cannot slice: 3 > 2\n +at .*cli_stages\.ts/);
});

Deno.test("help lists the commands, a family of commands, and the options of one", async () => {
  assertMatch((await run(sample)).out, /Commands\n {2}train static +Trains\.\n {2}wait +Waits/);
  const family = (await run(sample, "train", "--help")).out;
  assertMatch(family, /train static/);
  assertEquals(family.includes("wait"), false);
  const one = await run(sample, "train", "static", "--help");
  assertEquals([one.code, one.err], [0, ""]);
  assertStringIncludes(one.out, "--epochs N                  Passes over the images (default 10)");
});

Deno.test("the program tells its version, and its list of commands without a GPU", async () => {
  assertMatch((await run(real, "--version")).out, /^henka \d+\.\d+\.\d+\n$/);
  const { code, err } = await run(real, "--help");
  assertEquals([code, err], [0, ""]);
});

Deno.test({
  name: "Ctrl-C saves and ends with status 130; a second one ends at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    assertEquals(await interrupted(["wait"], ["SIGINT"]), [130, "waiting\nsaved\n"]);
    assertEquals(await interrupted(["wait"], ["SIGTERM"]), [143, "waiting\nsaved\n"]);
    const stubborn = ["wait", "--stubborn"];
    assertEquals(await interrupted(stubborn, ["SIGINT", "SIGINT"]), [130, "waiting\n"]);
  },
});

/** Sends signals to a command once it has begun to wait; its status and output. */
async function interrupted(
  args: readonly string[],
  signals: readonly Deno.Signal[],
): Promise<[number, string]> {
  await using process = child(sample, args).spawn();
  const stderr = process.stderr.text();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let out = (await reader.read()).value ?? "";
  for (const signal of signals) {
    process.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  for (let part = await reader.read(); !part.done; part = await reader.read()) out += part.value;
  await stderr;
  return [(await process.status).code, out];
}
