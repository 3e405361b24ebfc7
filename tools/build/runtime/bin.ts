#!/usr/bin/env node
// `npx henka`: runs the command line by Deno, out of the npm package `deno`, with the permissions that
// the tasks of a checkout have. Deno is looked for beside this package, and fetched where it is not.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";

const permissions: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL("./permissions.json", import.meta.url), "utf8"),
);
const [command, second] = process.argv.slice(2);
const allowed = permissions[`${command} ${second}`] ?? permissions[command] ?? [];
const cli = new URL("../cli/henka.js", import.meta.url).href;
const [program, first] = deno();
const args = [...first, "run", "--no-prompt", "--no-config", ...allowed, cli];
const child = spawn(program, [...args, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
  shell: program === "npx" && process.platform === "win32",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => child.kill(signal)); // the command saves its work and ends
}
child.on("error", (error) => {
  console.error(`Cannot start Deno: ${error.message}. Install it: npm install deno`);
  process.exitCode = 2;
});
child.on("exit", (code, signal) => {
  process.exitCode = signal === null ? code ?? 1 : 1;
});

/** A Deno that can be started: its program, and what comes first on its command line. */
function deno(): [string, string[]] {
  try {
    const wrapper = createRequire(import.meta.url).resolve("deno/bin.cjs");
    const program = join(dirname(wrapper), process.platform === "win32" ? "deno.exe" : "deno");
    return existsSync(program) ? [program, []] : [process.execPath, [wrapper]];
  } catch {
    return ["npx", ["-y", "deno@2.9.6"]];
  }
}
