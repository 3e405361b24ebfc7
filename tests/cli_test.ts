import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encodeMask } from "../src/data/masks/mask.ts";
import { child, ended, real, root, run, sample } from "./run_cli.ts";
import { isUnderstood } from "./understood.ts";

Deno.test("a command runs with its options; results go to stdout, progress to stderr", async () => {
  const { code, out, err } = await run(sample, "train", "static", "--folder", ".", "--epochs=3");
  assertEquals([code, out], [0, "trained 3\n"]);
  assertMatch(err, /^train 3\/3 .*loss 0\.5\n$/);
  const quiet = await run(sample, "train", "static", "--folder", ".", "--quiet");
  assertEquals(quiet, { code: 0, out: "trained 10\n", err: "" });
});

const mistakes: readonly [line: string, message: string][] = [
  [
    "refine",
    'Cannot run "refine": there is no such command. See "deno task --help" for all commands.',
  ],
  ["mistale", 'Cannot run "mistale": there is no such command. Did you mean "mistake"?'],
  ["train", 'Cannot run "train": it is incomplete. Say "deno task train static".'],
  ["--epochs 3", 'Cannot run: no command is given. See "deno task --help".'],
  [
    "train static --epoch 3 --folder .",
    "Cannot use --epoch: train static has no such option. Did you mean --epochs?",
  ],
  [
    "train static --folder . --epochs 0",
    'Cannot use --epochs 0: expected number to be >=1. See "deno task train static --help".',
  ],
  [
    "train static",
    'Cannot run train static: --folder must be given. See "deno task train static --help".',
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

Deno.test("a command that is no more names what does its work today", async () => {
  for (const rest of [["--data", "x"], ["--help"]]) {
    const { code, out, err } = await run(real, "study", ...rest);
    assertEquals([code, out], [2, ""]);
    const told = /^Cannot run "study": .* "deno task compare --config (docs\/.*\.json)"[^\n]*\n$/;
    assertMatch(err, told);
    await Deno.stat(new URL(`../${told.exec(err)![1]}`, import.meta.url));
  }
});

Deno.test("a missing folder is named and ends with status 2", async () => {
  const { code, err } = await run(sample, "train", "static", "--folder", "no/such/folder");
  assertEquals([code, err.trim().split("\n").length], [2, 1]);
  assertStringIncludes(err, "no/such/folder");
});

Deno.test("a defect shows its stack and ends with status 1", async () => {
  const { code, err } = await run(sample, "defect");
  assertEquals(code, 1);
  assertMatch(err, /^RangeError: Cannot slice: 3 > 2\n +at .*cli_commands\.ts/);
});

Deno.test("help lists the commands, a family of commands, and the options of one", async () => {
  assertMatch(
    (await run(sample)).out,
    /\n\nTraining\n {2}train static +Trains\.\n\nEndings\n {2}wait +Waits/,
  );
  const family = (await run(sample, "train", "--help")).out;
  assertMatch(family, /train static/);
  assertEquals(family.includes("wait"), false);
  const one = await run(sample, "train", "static", "--help");
  assertEquals([one.code, one.err], [0, ""]);
  assertStringIncludes(one.out, "--epochs N                  Passes over the images (default 10)");
  assertStringIncludes(one.out, "Usage: deno task train static --folder TEXT [options]");
});

Deno.test("the program tells its version, and its list of commands without a GPU", async () => {
  assertMatch((await run(real, "--version")).out, /^henka \d+\.\d+\.\d+\n$/);
  const { code, err } = await run(real, "--help");
  assertEquals([code, err], [0, ""]);
});

/** A tiny synthetic set in a temporary folder, and the flags of a tiny training on it. */
async function withSet(
  test: (at: (...path: string[]) => string, train: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const at = (...path: string[]) => join(folder, ...path);
  const sizes = "--train 4 --val 0 --image-width 24 --image-height 16 --class-count 2".split(" ");
  try {
    assertEquals((await run(real, "synth", "--out", at("set"), ...sizes)).code, 0);
    const flags = "--image-size 16 --width 2 --depth 1 --predictor-width 4 --batch 2";
    await test(at, ["--data", at("set"), "--out", at("run"), ...flags.split(" ")]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The one line on stderr of a command that must end with status 2, and say no more than what it read. */
async function refusal(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await child(real, [...args, "--quiet"], { env }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const others = out.split("\n").filter((line) => line !== "" && !isUnderstood(line));
  assertEquals([code, others, err.split("\n").length], [2, [], 2], err);
  return err.trimEnd();
}

Deno.test("mistakes in files and flags are told by the program in one line, with status 2", () =>
  withSet(async (at, flags) => {
    const train = ["train", "static", ...flags];
    const cams = [...train, "--scores", "cam"];
    const data = flags[1];
    assertEquals(
      await refusal(cams.with(cams.indexOf(data), at("sets"))),
      `Cannot open the set ${at("sets")}: no such folder. A set has JPEGImages with photographs, ` +
        "SegmentationClass with masks and ImageSets/Segmentation with lists.",
    );
    assertEquals(
      await refusal([...train, "--score", "cam"]),
      "Cannot use --score: train static has no such option. Did you mean --scores?",
    );
    const masks = at("set", "SegmentationClass");
    const first = join(masks, "train_00000.png");
    const photograph = at("set", "JPEGImages", "train_00000.png");
    const given = [...train, "--knowledge", masks];
    const spoilt = async (path: string, content: Uint8Array, args: readonly string[]) => {
      const before = await Deno.readFile(path);
      await Deno.writeFile(path, content);
      const line = await refusal(args);
      await Deno.writeFile(path, before);
      return line;
    };
    const mask = (width: number, height: number, c: number) =>
      encodeMask({ width, height, data: new Uint8Array(width * height).fill(c) });
    assertEquals(
      await spoilt(first, mask(16, 24, 0), given),
      `Cannot use the mask ${first}: it is 16 x 24, but ${photograph} is 24 x 16. ` +
        "Give masks of the photograph's size.",
    );
    assertEquals(
      await spoilt(first, mask(24, 16, 21), given),
      `Cannot read the mask ${first}: the class index 21 at column 0, row 0 is not in 0..2. ` +
        "Check that the mask and the list of classes belong together.",
    );
    const jpeg = await Deno.readFile(new URL("./fixtures/quadrants.jpg", import.meta.url));
    assertEquals(
      await spoilt(photograph, jpeg.subarray(0, jpeg.length - 100), cams),
      `Cannot read the image ${photograph}: it is damaged or truncated. ` +
        "Replace it, or take it out of the list.",
    );
  }));

Deno.test({
  name: "without an adapter the program says how to get one",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withSet(async (_at, flags) => {
      const none = { VK_DRIVER_FILES: "/nonexistent", VK_ICD_FILENAMES: "/nonexistent" };
      assertEquals(
        await refusal(["train", "static", ...flags, "--scores", "cam"], none),
        "Cannot open a GPU: no WebGPU adapter was found. Run `deno task setup`, which installs a " +
          "software Vulkan driver or says how.",
      );
    }),
});

Deno.test({
  name: "Ctrl-C on a training saves it; it can be resumed, and a damaged checkpoint is told",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withSet(async (at, flags) => {
      const train = ["train", "static", ...flags, "--scores", "cam", "--log-every", "1"];
      const args = ["task", "--quiet", ...train, "--epochs", "30", "--save-every", "1000"];
      await using process = new Deno.Command(Deno.execPath(), {
        args,
        cwd: root,
        env: { NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const said = Promise.all([process.stdout.text(), process.stderr.text()]);
      const lines = () => Deno.readTextFile(at("run", "metrics.jsonl")).catch(() => "");
      while ((await lines()) === "") await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill("SIGINT");
      const [out, err] = await said;
      assertEquals((await process.status).code, 130, err);
      const { step, file } = JSON.parse(await Deno.readTextFile(at("run", "latest.json")));
      assertStringIncludes(
        out,
        `\nSaved after ${step} of 60 steps; --resume goes on from there.\n`,
      );
      assertStringIncludes(err, "Stopping: saving what is done.");
      const resumed = await run(real, ...train, "--epochs", "30", "--resume", "--quiet");
      assertEquals([resumed.code, resumed.err], [0, ""]);
      assertEquals((await lines()).trim().split("\n").length, 60);
      assertEquals(step < 60 && file, `step-${String(step).padStart(8, "0")}.safetensors`);

      const path = at("run", "checkpoints", "step-00000060.safetensors");
      await Deno.truncate(path, (await Deno.stat(path)).size - 2);
      assertEquals(
        await refusal(["refine", "--run", at("run"), "--out", at("refined")]),
        `Cannot read ${path}: it is truncated: 2 bytes of data are missing. ` +
          "Delete it, and the checkpoint before it is taken.",
      );
    }),
});

Deno.test("--json: the result alone is on stdout, all else on stderr", async () => {
  const { code, out, err } = await run(real, "weights", "list", "--json");
  assertEquals(code, 0);
  const found = JSON.parse(out);
  assert(found.length > 0 && found.every(({ url }: { url: string }) => url.startsWith("https://")));
  assertStringIncludes(err, "weights fetch NAME");
  const refused = await run(sample, "train", "static", "--folder", ".", "--json");
  assertEquals(refused.code, 2);
  assertMatch(refused.err, /Cannot use --json: train static has no such option/);
});

Deno.test("a henka.json in the working folder gives options, and says so; flags and --config come first", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = { all: { folder: "." }, "train static": { epochs: 4 } };
    await Deno.writeTextFile(join(folder, "henka.json"), JSON.stringify(file));
    await Deno.writeTextFile(join(folder, "own.json"), '{"folder": ".", "epochs": 6}');
    const told = async (...args: string[]) => {
      return await ended(child(sample, ["train", "static", "--quiet", ...args], { cwd: folder }));
    };
    const line = "Options of henka.json: --folder . --epochs 4\n";
    assertEquals(await told(), { code: 0, out: "trained 4\n", err: line });
    assertEquals((await told("--epochs", "5")).out, "trained 5\n");
    assertEquals(await told("--config", "own.json"), { code: 0, out: "trained 6\n", err: "" });
    await Deno.writeTextFile(join(folder, "henka.json"), '{"all": {"epoch": 4}}');
    const { code, err } = await told("--folder", ".");
    assertEquals([code, err.trim().split("\n").length], [2, 1]);
    assertMatch(
      err,
      /Cannot use "all: epoch" of henka.json: no such option. Did you mean "epochs"/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
