import { assert, assertEquals } from "@std/assert";
import { Device, kernels } from "../gpu/mod.ts";

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

for (const { href } of files(".ts")) if (!href.endsWith("_test.ts")) await import(href);

Deno.test("every kernel compiles", async () => {
  using device = await Device.open();
  const faults: string[] = [];
  for (const { name, code, overrides } of kernels()) {
    const constants: Record<string, number> = {};
    for (const [id, value] of overrides) if (value === undefined) constants[id] = 1;
    device.gpu.pushErrorScope("validation");
    const module = device.gpu.createShaderModule({ code });
    device.gpu.createComputePipeline({
      layout: "auto",
      compute: { module, entryPoint: "main", constants },
    });
    const error = await device.gpu.popErrorScope();
    if (error) faults.push(`${name}: ${error.message}`);
  }
  assertEquals(faults, []);
  assert(kernels().length > 100);
});

Deno.test("every .wgsl file is part of a kernel and says what it computes", () => {
  for (const file of files(".wgsl")) {
    const text = Deno.readTextFileSync(file);
    assert(kernels().some(({ code }) => code.includes(text)), `${file.pathname} is not used`);
    const [formula, thread] = text.split("\n");
    assert(/^\/\/ \S/.test(formula) && /^\/\/ \S/.test(thread), `${file.pathname}: no comment`);
  }
});
