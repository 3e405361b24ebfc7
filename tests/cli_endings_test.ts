// How the program ends: by signals, when nobody listens any more, and without permissions.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { child, ended, real, run, sample } from "./run_cli.ts";

const unix = Deno.build.os !== "windows";

Deno.test({
  name: "Ctrl-C saves and ends with status 130; a second one ends at once",
  ignore: !unix,
  async fn() {
    assertEquals(await interrupted(["wait"], ["SIGINT"]), [130, "waiting\nsaved\n"]);
    assertEquals(await interrupted(["wait"], ["SIGTERM"]), [143, "waiting\nsaved\n"]);
    const stubborn = ["wait", "--stubborn"];
    assertEquals(await interrupted(stubborn, ["SIGINT", "SIGINT"]), [130, "waiting\n"]);
  },
});

Deno.test({
  name: "a terminal that closes ends what it shows, with the work saved, and nothing else",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const unseen = await interrupted(["wait"], ["SIGHUP", "SIGTERM"]);
    assertEquals(unseen, [143, "waiting\nsaved\n"]);
    // `script` runs a command on a terminal of its own.
    const waiting = `exec ${Deno.execPath()} run -A --no-check ${sample} wait`;
    await using process = new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", `echo $$; ${waiting}`, "/dev/null"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let out = "";
    for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
      const waits = out.includes("waiting");
      out += part;
      if (!waits && out.includes("waiting")) Deno.kill(parseInt(out), "SIGHUP");
    }
    assertStringIncludes(out, "saved");
    assertEquals((await process.status).code, 129);
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

for (const stream of ["stdout", "stderr"] as const) {
  Deno.test(`the work goes on when nobody reads ${stream} any more`, async () => {
    const folder = await Deno.makeTempDir();
    const mark = join(folder, "done");
    await using process = child(sample, ["talk", "--mark", mark]).spawn();
    const other = stream === "stdout" ? process.stderr : process.stdout;
    const rest = other.text();
    const reader = process[stream].getReader();
    await reader.read();
    await reader.cancel();
    assertEquals((await process.status).code, 0, await rest);
    assertEquals(await Deno.readTextFile(mark), "done");
    assertEquals((await rest).includes("rror"), false);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a permission that is missing is told as itself, in one line, with status 2", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const at = (name: string) => join(folder, name);
    const made = await run(real, "synth", "--out", at("set"), "--train", "1", "--val", "0");
    assertEquals(made.code, 0, made.err);
    const refusal = async (permissions: readonly string[], ...args: string[]) => {
      const { code, out, err } = await ended(child(real, args, { permissions }));
      assertEquals([code, err.split("\n").length], [2, 2], err);
      // The device is asked for late: by then the command may have said what it understood.
      assertMatch(out, /^(|1 photograph of .* with masks of .*\n)$/);
      return err.trimEnd();
    };
    const synth = ["synth", "--out", at("other")];
    const [photographs, masks] = ["JPEGImages", "SegmentationClass"].map((name) =>
      join(at("set"), name)
    );
    const crf = ["crf", "--images", photographs, "--masks", masks, "--out", at("out")];
    const cam = ["cam", "--run", at("set"), "--out", at("out")];
    assertStringIncludes(await refusal(["--allow-read"], ...synth), "Start it with --allow-write.");
    assertStringIncludes(await refusal(["--allow-write"], ...synth), "Start it with --allow-read.");
    assertStringIncludes(await refusal(["--allow-env"], ...crf), "Start it with --allow-read.");
    assertStringIncludes(await refusal(["--allow-env"], ...cam), "Start it with --allow-read.");
    assertStringIncludes(
      await refusal([], ...cam, "--config", at("c.json")),
      `Cannot read ${at("c.json")}: the program may not read it. Start it with --allow-read.`,
    );
    if (Deno.build.os === "linux") {
      assertMatch(
        await refusal(["--allow-read", "--allow-write"], ...crf),
        /^Cannot use the environment variable "\w+": .* Start it with --allow-env\.$/,
      );
    }
    const { code, out } = await ended(child(real, ["--help"], { permissions: [], cwd: folder }));
    assertEquals([code, out.startsWith("Usage: henka COMMAND")], [0, true]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
