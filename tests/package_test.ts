// The package for npm: what it weighs, and that Node and a type checker can use it.
import { cp } from "node:fs/promises";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import ts from "typescript";
import project from "../deno.json" with { type: "json" };
import { denseCrfLabels, unaryFromLabels } from "../src/crf/mod.ts";
import { encodeImage, readImage } from "../src/data/images/image.ts";
import { decodeMask, encodeMask } from "../src/data/masks/mask.ts";
import { Random } from "../src/data/random.ts";
import { scene } from "../src/data/synth/scene.ts";
import { Device } from "../src/gpu/mod.ts";
import { build } from "../tools/build.ts";
import { hasProgram } from "./has_program.ts";
import { softwareGpu } from "./software_gpu.ts";

const root = fromFileUrl(new URL("../", import.meta.url));
const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const bundles = await build(join(folder, "npm"));
const [node, software] = await Promise.all([hasProgram("node"), softwareGpu()]);

/** What a program says; it must end well. */
async function told(program: string, args: string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(program, { args, cwd: folder, env: { NO_COLOR: "1", ...env } });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, text + new TextDecoder().decode(stderr));
  return text;
}

Deno.test("a bundle has what its entry point imports, and nothing of Node or Deno", async () => {
  const size = (name: string) => bundles.find((bundle) => bundle.name === name)!.gzip;
  assertEquals(bundles.length, Object.keys(project.exports).length - 2, "all but two");
  assert(size("crf.js") < 60_000, `the CRF has ${size("crf.js")} bytes`);
  assert(size("crf.js") < size("henka.js") / 4 && size("eval.js") < 10_000);
  for await (const { name } of Deno.readDir(join(folder, "npm", "browser"))) {
    const code = await Deno.readTextFile(join(folder, "npm", "browser", name));
    assert(!/\b(?:from|import)\s*"node:|\bDeno\.(?:readFile|open|env)\b/.test(code), name);
  }
});

Deno.test("the package depends on what it imports: on no WebGPU, which an application brings", async () => {
  const { dependencies } = JSON.parse(await Deno.readTextFile(join(folder, "npm", "package.json")));
  assertEquals(Object.keys(dependencies).filter((name) => name === "webgpu"), []);
  assert("fflate" in dependencies && "zod" in dependencies);
});

Deno.test("a script that imports the package is checked by its types", async () => {
  const script = join(folder, "script.ts");
  await Deno.writeTextFile(
    script,
    `import { denseCrfLabels, unaryFromLabels } from "@henka/henka/crf";
    import { Device } from "@henka/henka/gpu";
    import { commands, type Mask } from "@henka/henka";
    const device: Device = await Device.open();
    const gpu: GPUDevice = device.gpu;
    const image = { width: 1, height: 1, data: new Uint8Array(3) };
    const mask: Uint8Array = await denseCrfLabels(device, image, unaryFromLabels([0], 2));
    export const all: Mask = { width: 1, height: 1, data: new Uint8Array(mask) };
    export const names: string[] = commands.map(({ name }) => name);
    // @ts-expect-error: it is no device
    denseCrfLabels(gpu, image, mask);\n`,
  );
  const program = ts.createProgram([script], {
    ...{ target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, strict: true, noEmit: true },
    ...{ moduleResolution: ts.ModuleResolutionKind.Bundler, types: [] },
    skipLibCheck: true, // what is about files names types of Deno
  });
  const found = ts.getPreEmitDiagnostics(program).map(({ messageText, file }) =>
    `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`
  );
  assertEquals(found, []);
});

Deno.test({
  name: `in Node the package gives the mask that it gives in Deno${node ? "" : " (no Node)"}`,
  ignore: !node || software === undefined,
  async fn() {
    const { image, truth } = scene(new Random(3), { width: 40, height: 30, classes: 2 });
    const rough = { ...truth, data: truth.data.map((_, i) => truth.data[Math.max(0, i - i % 3)]) };
    await Deno.writeFile(join(folder, "photo.jpg"), encodeImage(image));
    await Deno.writeFile(join(folder, "rough.png"), encodeMask(rough));
    // As printed: the photograph's content says what it is, whatever its name does.
    const [, script] = /```js\n([^]*?)```/.exec(await Deno.readTextFile(`${root}README.md`))!;
    const dawn = toFileUrl(fromFileUrl(import.meta.resolve("webgpu")));
    await Deno.writeTextFile(join(folder, "smooth.mjs"), script.replace('"webgpu"', `"${dawn}"`));
    await told("node", ["smooth.mjs"], software!);
    const made = decodeMask(await Deno.readFile(join(folder, "better.png")), "mask.png");
    using device = await Device.open();
    const wanted = await denseCrfLabels(device, image, unaryFromLabels(rough.data, 21));
    const other = wanted.filter((c, i) => c !== made.data[i]).length;
    assert(other <= wanted.length / 1000, `${other} of ${wanted.length} differ`);
  },
});

Deno.test({
  name: `in Node a WebP and a TIFF are read as in Deno${node ? "" : " (no Node)"}`,
  ignore: !node,
  async fn() {
    for (const name of ["lossy.webp", "tiles.tif"]) {
      const path = join(root, "tests", "fixtures", name);
      const script = `import { readImage } from "@henka/henka/data";
        const { width, height, data } = await readImage(${JSON.stringify(path)});
        console.log(width, height, Buffer.from(data).toString("base64"));`;
      await Deno.writeTextFile(join(folder, "read.mjs"), script);
      const { width, height, data } = await readImage(path);
      assertEquals(await told("node", ["read.mjs"]), `${width} ${height} ${data.toBase64()}\n`);
    }
  },
});

Deno.test({
  name: `npx henka runs the command line${node ? "" : " (no Node)"}`,
  ignore: !node,
  async fn() {
    // Files and no link, as npm lays them: Deno drops the query of a URL in node_modules, for one.
    const modules = join(folder, "installed", "node_modules");
    const installed = join(modules, "@henka", "henka");
    for (const part of ["cli", "runtime", "package.json"]) {
      await cp(join(folder, "npm", part), join(installed, part), { recursive: true });
    }
    const own = join(modules, "deno");
    await Deno.mkdir(own);
    await Deno.writeTextFile(join(own, "bin.cjs"), "");
    await Deno.symlink(
      Deno.execPath(),
      join(own, Deno.build.os === "windows" ? "deno.exe" : "deno"),
    );
    const run = (...args: string[]) =>
      told("node", [join(installed, "runtime", "bin.js"), ...args]);
    assertStringIncludes(await run("--version"), "henka 0.");
    assertStringIncludes(await run("--help"), "Usage: npx henka COMMAND");
    await run("synth", "--out", "set", "--train", "2", "--val", "0", "--quiet");
    assert((await Deno.stat(join(folder, "set", "JPEGImages", "train_00001.png"))).isFile);
  },
});
