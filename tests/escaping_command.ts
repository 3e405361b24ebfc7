// A command line of one made-up command, which tries what no command may; permissions_test.ts runs it.
import { connect } from "node:net";
import { spawnSync } from "node:child_process";
import { join } from "@std/path";
import * as z from "zod";
import { main } from "../cli.ts";
import { command } from "../src/options/command.ts";
import { output } from "../src/options/outputs.ts";

const escape = command({
  name: "escape",
  summary: "Tries what no command may.",
  config: z.strictObject({
    out: output(z.string().describe("Folder that is written")),
    report: output(z.string().describe("File that is written"), "file"),
    also: z.string().describe("Folder that `writes` names"),
    outside: z.string().describe("Folder of others, with a file in it"),
    port: z.int().describe("A server that listens on this machine"),
  }),
  writes: ({ also }) => Promise.resolve([also]),
  async run({ out, report, also, outside, port }, { log }) {
    const say = (line: object) => log(JSON.stringify(line));
    await Deno.mkdir(join(out, "a/b"), { recursive: true });
    for (const path of [join(out, "a/b/c"), report, join(also, "d")]) {
      await Deno.writeTextFile(path, "mine");
      say({ written: path });
    }
    await Deno.rename(join(out, "a/b/c"), join(out, "c"));
    const file = join(outside, "file");
    const trials: Readonly<Record<string, () => unknown>> = {
      write: () => Deno.writeTextFile(file, "x"),
      create: () => Deno.writeTextFile(join(outside, "new"), "x"),
      append: () => Deno.open(file, { append: true }),
      truncate: () => Deno.truncate(file),
      remove: () => Deno.remove(file),
      "remove all": () => Deno.remove(outside, { recursive: true }),
      "make a folder": () => Deno.mkdir(join(outside, "folder")),
      "make a temporary file": () => Deno.makeTempFile(),
      "copy out": () => Deno.copyFile(join(out, "c"), file),
      "rename out": () => Deno.rename(join(out, "c"), join(outside, "c")),
      "rename in": () => Deno.rename(file, join(out, "taken")),
      "link in": () => Deno.symlink(outside, join(out, "link")),
      "hard link": () => Deno.link(file, join(out, "link")),
      chmod: () => Deno.chmod(file, 0o777),
      "change times": () => Deno.utime(file, 0, 0),
      "through ..": () => Deno.writeTextFile(`${out}/../${outside.split("/").at(-1)}/file`, "x"),
      fetch: () => fetch(`http://127.0.0.1:${port}/`),
      connect: () => Deno.connect({ port }),
      "connect by Node": () =>
        new Promise((resolve, reject) => connect(port).on("connect", resolve).on("error", reject)),
      listen: () => Deno.listen({ port: 0 }),
      "look up a name": () => Deno.resolveDns("example.org", "A"),
      "import from elsewhere": () => import(`http://127.0.0.1:${port}/code.ts`),
      "a process": () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).output(),
      "a process by Node": () => {
        const { error } = spawnSync("ls");
        if (error) throw error;
      },
      kill: () => Deno.kill(Deno.ppid, "SIGCONT"),
      "a native library": () => Deno.dlopen("libc.so.6", {}),
      "the name of the machine": () => Deno.hostname(),
      "an environment variable": () => Deno.env.get("PATH"),
      "ask for more": async () => {
        for (const name of ["net", "run", "ffi", "sys", "write"] as const) {
          const { state } = await Deno.permissions.request({ name });
          if (state === "granted") return;
        }
        throw new Deno.errors.NotCapable("Requires no more access");
      },
      "write in a worker": () => inWorker(`Deno.writeTextFileSync(${JSON.stringify(file)}, "x")`),
      "connect in a worker": () => inWorker(`await Deno.connect({ port: ${port} })`),
    };
    for (const [trial, attempt] of Object.entries(trials)) {
      try {
        await attempt();
        say({ trial, done: true });
      } catch (error) {
        say({ trial, refused: String(error) });
      }
    }
  },
});

/** Runs code in a worker, such as those that read photographs. */
async function inWorker(code: string): Promise<void> {
  const answering = `try { ${code}; postMessage("") } catch (error) { postMessage(String(error)) }`;
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(answering)}`, {
    type: "module",
  });
  const answer = await new Promise<string>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  if (answer !== "") throw new Error(answer);
}

Deno.exit(await main(Deno.args, [{ title: "Escaping", commands: [escape] }]));
