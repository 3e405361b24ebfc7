// Runs the tests and the examples in the docstrings: `deno task test [paths or flags of deno test]`.
// The last line is "N passed, N failed", and the exit status follows from it.

const selection = Deno.args.some((arg) => !arg.startsWith("-"))
  ? []
  : ["src", "tests", "tools", "mod.ts", "cli.ts", "docs/library.md"];

const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--doc", ...Deno.args, ...selection],
  // The default backends include OpenGL, whose clean-up sometimes aborts the process at its end.
  env: {
    ...(Deno.build.os === "linux"
      ? { XDG_RUNTIME_DIR: "/tmp", DENO_WEBGPU_BACKEND: "vulkan" }
      : undefined),
    ...Deno.env.toObject(),
    ...(Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : undefined),
  },
  stdout: "piped",
}).spawn();

let tail = "";
for await (const chunk of child.stdout) {
  for (let at = 0; at < chunk.length;) at += await Deno.stdout.write(chunk.subarray(at));
  tail = (tail + new TextDecoder().decode(chunk)).slice(-4000);
}
const { code, signal } = await child.status;

const count = (word: string) => {
  const summaries = [...tail.matchAll(new RegExp(`\\| .*?(\\d+) ${word}`, "g"))];
  return summaries.length === 0 ? undefined : Number(summaries.at(-1)![1]);
};
const passed = count("passed") ?? 0;
const skipped = count("ignored") ?? 0;
// Without a summary the tests did not start or end; an abort after the summary changes no result.
const aborted = signal !== null || code >= 128;
let failed = count("failed") ?? 1;
if (failed === 0 && code !== 0 && !aborted) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
Deno.exit(failed === 0 ? 0 : 1);
