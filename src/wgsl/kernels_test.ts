import { assert, assertEquals } from "@std/assert";
import { Device, type Kernel, kernels } from "../gpu/mod.ts";

/** The files of this folder and its folders whose names end so, as URLs. */
function files(ending: string, folder: URL = new URL("./", import.meta.url)): URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? files(ending, new URL(`${name}/`, folder))
      : name.endsWith(ending)
      ? [new URL(name, folder)]
      : []
  );
}

/** Every kernel as it runs on buffers, and as it runs on texels where that is not the same. */
function bothFamilies(): [Kernel, "buffers" | "texels"][] {
  return kernels().flatMap((kernel): [Kernel, "buffers" | "texels"][] =>
    kernel.texels ? [[kernel, "buffers"], [kernel.texels, "texels"]] : [[kernel, "buffers"]]
  );
}

for (const { href } of files(".ts")) if (!href.endsWith("_test.ts")) await import(href);

Deno.test("every kernel compiles in both families", async () => {
  using device = await Device.open();
  const faults: string[] = [];
  for (const [{ name, code, overrides }, family] of bothFamilies()) {
    const constants: Record<string, number> = {};
    for (const [id, value] of overrides) if (value === undefined) constants[id] = 1;
    device.gpu.pushErrorScope("validation");
    const module = device.gpu.createShaderModule({ code });
    device.gpu.createComputePipeline({
      layout: "auto",
      compute: { module, entryPoint: "main", constants },
    });
    const error = await device.gpu.popErrorScope();
    if (error) faults.push(`${name} (${family}): ${error.message}`);
  }
  assertEquals(faults, []);
  assert(kernels().filter(({ texels }) => texels).length > 40);
});

Deno.test("every .wgsl file is part of a kernel and says what it computes", () => {
  for (const file of files(".wgsl")) {
    const text = Deno.readTextFileSync(file);
    assert(kernels().some(({ code }) => code.includes(text)), `${file.pathname} is not used`);
    const [formula, thread] = text.split("\n");
    assert(/^\/\/ \S/.test(formula) && /^\/\/ \S/.test(thread), `${file.pathname}: no comment`);
  }
});

Deno.test("every op has its test beside it, or says where it is tested", () => {
  const folders = [...Deno.readDirSync(new URL("./", import.meta.url))]
    .flatMap(({ name, isDirectory }) => isDirectory ? [name] : []);
  assert(folders.length > 50);
  for (const name of folders) {
    const own = files(".ts", new URL(`./${name}/`, import.meta.url));
    if (own.some(({ href }) => href.endsWith("_test.ts"))) continue;
    const named = own.map((file) =>
      /^\/\/ Tested in (src\/\S+_test\.ts)\.\n/.exec(Deno.readTextFileSync(file))?.[1]
    ).filter((path) => path !== undefined);
    assertEquals(named.length, 1, `src/wgsl/${name} has no test, nor does it say where one is`);
    assert(Deno.statSync(new URL(`../../${named[0]}`, import.meta.url)).isFile, named[0]);
  }
});
