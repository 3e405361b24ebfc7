// Bundles of the package: one for each entry point, for browsers, and the command line, for Deno.
import { dirname, join } from "@std/path";
import * as esbuild from "esbuild";
import { gzipSync } from "node:zlib";
import project from "../../deno.json" with { type: "json" };
import { stem } from "./package.ts";

/** A bundle of an entry point: what a browser loads for it, in all its parts. */
export interface Bundle {
  /** Its file. */
  readonly name: string;
  /** Its size, with the parts that it loads at once. */
  readonly bytes: number;
  /** The same, packed one by one. */
  readonly gzip: number;
}

/** The entry points that need a terminal and folders. */
const notInBrowsers = ["./cli", "./commands"];

/**
 * Lays the dependencies of the package beside it, where Node and bundlers look for them, and the package
 * among them, under its name.
 */
export async function layDependencies(
  out: string,
  dependencies: Readonly<Record<string, string>>,
  lock: string,
): Promise<void> {
  const cwd = dirname(out);
  await Deno.copyFile(lock, join(cwd, "deno.lock")); // the versions that the project has
  await Deno.writeTextFile(join(cwd, "deno.json"), JSON.stringify({ nodeModulesDir: "auto" }));
  await Deno.writeTextFile(join(cwd, "package.json"), JSON.stringify({ dependencies }));
  const install = new Deno.Command(Deno.execPath(), { args: ["install"], cwd });
  const { code, stderr } = await install.output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const own = join(cwd, "node_modules", project.name);
  await Deno.mkdir(dirname(own), { recursive: true });
  await Deno.remove(own).catch(() => {});
  await Deno.symlink(out, own, { type: "junction" });
}

/** Settings of all bundles. */
export function settings(out: string): esbuild.BuildOptions {
  return {
    absWorkingDir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  };
}

/** Writes browser/NAME.js for every entry point; they share parts, browser/part-HASH.js. */
export async function browserBundles(out: string): Promise<Bundle[]> {
  const entries = Object.entries(project.exports).filter(([name]) => !notInBrowsers.includes(name));
  const { metafile } = await esbuild.build({
    ...settings(out),
    platform: "browser",
    conditions: ["browser"],
    external: ["fs", "path", "crypto", "node:*"],
    entryPoints: Object.fromEntries(entries.map(([name, path]) => {
      return [name.replace(/^\.\/?/, "") || "henka", `${stem(path)}.js`];
    })),
    outdir: join(out, "browser"),
    chunkNames: "part-[hash]",
  });
  await esbuild.stop();
  const { outputs } = metafile!;
  const loads = (file: string, all: Set<string> = new Set()): Set<string> => {
    if (all.has(file)) return all;
    all.add(file);
    for (const { path, kind } of outputs[file].imports) {
      if (kind === "import-statement" && path in outputs) loads(path, all);
    }
    return all;
  };
  return Object.keys(outputs).filter((file) =>
    outputs[file].entryPoint?.startsWith("src/") ||
    outputs[file].entryPoint === "mod.js"
  ).map((file) => {
    const parts = [...loads(file)].map((part) => Deno.readFileSync(join(out, part)));
    const sum = (sizes: number[]) => sizes.reduce((a, b) => a + b, 0);
    return {
      name: file.replace("browser/", ""),
      bytes: sum(parts.map(({ length }) => length)),
      gzip: sum(parts.map((part) => gzipSync(part, { level: 9 }).length)),
    };
  });
}

/** Writes cli/henka.js and its workers: the command line for Deno, in which nothing is left to resolve. */
export async function commandLine(out: string): Promise<void> {
  await esbuild.build({
    ...settings(out),
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["deno", "import"],
    minify: false,
    target: "esnext",
    external: ["node:*"],
    entryPoints: {
      henka: "cli.js",
      prefetch_worker: "src/data/augment/prefetch_worker.js",
      device_worker: "src/commands/device_worker.js",
    },
    outdir: join(out, "cli"),
    chunkNames: "part-[hash]",
  });
}
