// Makes one program of henka: `deno task compile [--target TRIPLE] [--output FILE]`, the flags of
// `deno compile`. Of the packages only those that commands use go into it.

const permissions = ["--allow-read", "--allow-write=/", "--allow-env", "--allow-net"];
const workers = ["src/data/augment/prefetch_worker.ts", "src/commands/device_worker.ts"];
const parts = [...workers.flatMap((worker) => ["--include", worker]), "--exclude-unused-npm"];
const own = Deno.args.includes("--output") ? [] : ["--output", "dist/henka"];

const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "compile",
    "--no-prompt",
    "--no-check",
    ...permissions,
    ...parts,
    ...own,
    ...Deno.args,
    "cli.ts",
  ],
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(code);
