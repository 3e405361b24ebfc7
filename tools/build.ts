// Writes the package for npm, with bundles for browsers, to dist/npm: `deno task build`.
// Everything in it follows from the sources and deno.json.
import { dirname, fromFileUrl, join } from "@std/path";
import project from "../deno.json" with { type: "json" };
import { browserBundles, type Bundle, commandLine, layDependencies } from "./build/bundles.ts";
import { declarations } from "./build/declarations.ts";
import { addressless, compile, scriptModule, smallShader, textModule } from "./build/compile.ts";
import { onNpm, packageJson, permissionsOf } from "./build/package.ts";

const root = fromFileUrl(new URL("../", import.meta.url));

/** Builds the package in a new folder; without types it takes a third of the time. */
export async function build(
  out: string,
  { types = true }: { readonly types?: boolean } = {},
): Promise<readonly Bundle[]> {
  const modules = await buildModules(out);
  for (const [path, text] of types ? await declarations(root, modules, onNpm) : []) {
    await Deno.writeTextFile(join(out, path.replace(/\.ts$/, ".d.ts")), text);
  }
  await commandLine(out);
  return await browserBundles(out);
}

/** Writes the modules of the package as JavaScript; the paths of their sources. */
export async function buildModules(out: string): Promise<readonly string[]> {
  const write = async (path: string, text: string) => {
    await Deno.mkdir(dirname(join(out, path)), { recursive: true });
    await Deno.writeTextFile(join(out, path), text);
  };
  await Deno.remove(out, { recursive: true }).catch(() => {});
  const specifiers = new Set<string>();
  const named = (specifier: string) => {
    specifiers.add(specifier);
    return onNpm(specifier);
  };
  const modules: string[] = [];
  for await (const path of sources(".")) {
    const source = await Deno.readTextFile(join(root, path));
    if (path.endsWith(".ts")) {
      modules.push(path);
      await write(path.replace(/\.ts$/, ".js"), compile(path, source, named));
    } else {
      const text = path.endsWith(".wgsl") ? smallShader(source) : source;
      await write(`${path}.js`, textModule(text));
      await write(`${path}.d.ts`, "declare const text: string;\nexport default text;\n");
    }
  }
  for await (const { name } of Deno.readDir(join(root, "tools/build/runtime"))) {
    const source = await Deno.readTextFile(join(root, "tools/build/runtime", name));
    const path = `runtime/${name}`;
    await write(path.replace(/\.ts$/, ".js"), compile(path, source, named));
  }
  await write("deno.json.js", `export default ${JSON.stringify({ version: project.version })};\n`);
  await write("runtime/permissions.json", JSON.stringify(permissionsOf()));
  for (const [name, file] of [["decoder", "decodewasm"], ["encoder", "wasm"]]) {
    const codec = `@cornerstonejs/codec-libjpeg-turbo-8bit/${file}`;
    const bytes = await Deno.readFile(new URL(import.meta.resolve(codec)));
    await write(`runtime/jpeg_${name}_bytes.js`, textModule(bytes.toBase64()));
    const glue = await Deno.readTextFile(new URL(import.meta.resolve(`${codec}js`)));
    await write(`runtime/jpeg_${name}.js`, scriptModule(glue));
  }
  const webp = (end: string) =>
    new URL(import.meta.resolve(`@jsquash/webp/codec/dec/webp_dec.${end}`));
  const bytes = await Deno.readFile(webp("wasm"));
  await write("runtime/webp_decoder_bytes.js", textModule(bytes.toBase64()));
  await write("runtime/webp_decoder.js", addressless(await Deno.readTextFile(webp("js"))));
  await Deno.copyFile(join(root, "tools/build/notice.txt"), join(out, "NOTICE"));
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    await Deno.copyFile(join(root, name), join(out, name));
  }
  const described = packageJson(specifiers);
  await write("package.json", JSON.stringify(described, null, 2) + "\n");
  await layDependencies(out, described.dependencies, join(root, "deno.lock"));
  return modules;
}

/** What belongs to the package, from the root of the project: no tests, no tools. */
async function* sources(folder: string): AsyncGenerator<string> {
  const entries = folder === "."
    ? [{ name: "mod.ts" }, { name: "cli.ts" }, { name: "src", isDirectory: true }]
    : await Array.fromAsync(Deno.readDir(join(root, folder)));
  for (const { name, isDirectory } of entries as { name: string; isDirectory?: boolean }[]) {
    const path = folder === "." ? name : `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (!/_(test|bench)\.ts$/.test(name)) yield path;
  }
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(0).padStart(5);
}

if (import.meta.main) {
  const out = join(root, "dist", "npm");
  const bundles = await build(out, { types: !Deno.args.includes("--no-types") });
  console.log(`Written to ${out}. What a browser loads:`);
  for (const { name, bytes, gzip } of bundles) {
    console.log(`  browser/${name.padEnd(16)} ${kB(bytes)} kB, ${kB(gzip)} kB packed`);
  }
}
