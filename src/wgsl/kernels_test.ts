import { assert, assertEquals } from "@std/assert";
import { type BindingKind, Device, halvesOf, type Kernel, kernels } from "../gpu/mod.ts";

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

/**
 * Every kernel that binds floats, as it runs where all are in half precision; but for those that a device
 * refuses to run so, and those that write numbers which are no halves.
 */
function withHalves(): Kernel[] {
  return kernels().flatMap((kernel) => {
    if (["portion_bias", "size_shifts"].includes(kernel.name)) return [];
    const floats = kernel.code.matchAll(/var<storage[^>]*> (\w+): array<(?:f32|vec[24]f|V|E)>;/g);
    const names = [...floats].map(([, name]) => name);
    try {
      return names.length === 0 ? [] : [halvesOf(kernel, names)];
    } catch (error) {
      assert(error instanceof SyntaxError);
      return [];
    }
  });
}

/** Every kernel as it runs on buffers, and as it runs on texels where that is not the same. */
function bothFamilies(): [Kernel, "buffers" | "texels"][] {
  return kernels().flatMap((kernel): [Kernel, "buffers" | "texels"][] =>
    kernel.texels ? [[kernel, "buffers"], [kernel.texels, "texels"]] : [[kernel, "buffers"]]
  );
}

/** Bytes of a shader's workgroup variables; NaN where a type or a length is not known. */
function workgroupBytes(code: string): number {
  const text = code.replace(/\/\/[^\n]*/g, "");
  const sizes: Record<string, number> = { u32: 4, i32: 4, f32: 4, vec2f: 8, vec4f: 16, vec4u: 16 };
  /** A length: a number, or an expression of overrides at their defaults. */
  const value = (expression: string): number => {
    const numbers = expression.replace(/\b[A-Z]\w*\b/g, (name) => {
      const found = new RegExp(`\\boverride ${name}: u32 = ([^;]+);`).exec(text)?.[1];
      return found === undefined ? "NaN" : `(${value(found)})`;
    });
    return Number(new Function(`return ${numbers.replace(/(\d)u\b/g, "$1")}`)());
  };
  const bytes = (type: string): number => {
    const [, element, length] = /^array<(.*),\s*([^,<>]+)>$/.exec(type) ?? [];
    if (element !== undefined) return bytes(element.trim()) * value(length);
    const fields = new RegExp(`struct ${type} \\{([^}]*)\\}`).exec(text)?.[1];
    if (fields !== undefined) {
      return fields.split(/,(?![^<]*>)/).reduce((sum, f) => sum + bytes(f.split(":")[1].trim()), 0);
    }
    return sizes[/^atomic<(\w+)>$/.exec(type)?.[1] ?? type] ?? NaN;
  };
  const types = [...text.matchAll(/var<workgroup>\s+\w+\s*:\s*([^;]+);/g)];
  return types.reduce((sum, [, type]) => sum + bytes(type.trim()), 0);
}

for (const { href } of files(".ts")) if (!href.endsWith("_test.ts")) await import(href);

Deno.test("every kernel compiles in both families, and with floats in half precision", async () => {
  using device = await Device.open({ kernels: "buffers" });
  const faults: string[] = [];
  const halves = device.halves ? withHalves().map((kernel) => [kernel, "halves"] as const) : [];
  for (const [{ name, code, overrides }, family] of [...bothFamilies(), ...halves]) {
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
  assert(!device.halves || halves.length > 150, `${halves.length}`);
});

Deno.test("every kernel fits WebGPU's default limits in both families, which needs no GPU", () => {
  const faults: string[] = [];
  for (const [{ name, code, bindings, overrides, workgroup }, family] of bothFamilies()) {
    const count = (...kinds: BindingKind[]) =>
      bindings.filter(({ kind }) => kinds.includes(kind)).length;
    const sizes = workgroup.map((size) =>
      typeof size === "number" ? size : overrides.get(size) ?? 1
    );
    const used: [what: string, used: number, limit: number][] = [
      ["storage buffers", count("read", "write"), 8],
      ["storage textures", count("texels"), 4],
      ["uniform buffers", count("uniform"), 12],
      ["invocations", sizes.reduce((product, size) => product * size, 1), 256],
      ["bytes shared by a workgroup", workgroupBytes(code), 16_384],
    ];
    for (const [what, number, limit] of used) {
      if (!(number <= limit)) faults.push(`${name} (${family}): ${number} ${what}, not ${limit}`);
    }
  }
  assertEquals(faults, []);
});

Deno.test("the bytes that a workgroup shares are counted, arrays in arrays and all", () => {
  const shared = "var<workgroup> n: atomic<u32>; var<workgroup> x: array<array<vec4f, 3>, 8u>;";
  assertEquals(workgroupBytes(`${shared} // var<workgroup> y: f32;`), 4 + 3 * 8 * 16);
  assertEquals(workgroupBytes("var<workgroup> x: array<f32, SIZE>;"), NaN, "not known");
  const sized =
    "override A: u32 = 6; override SIZE: u32 = A * 2; struct R { x: array<vec4f, 2>, y: u32 }";
  assertEquals(workgroupBytes(`${sized} var<workgroup> x: array<R, SIZE + 1>;`), 13 * 36);
});

Deno.test("every .wgsl file is part of a kernel and says what it computes", () => {
  for (const file of files(".wgsl")) {
    const text = Deno.readTextFileSync(file);
    assert(kernels().some(({ code }) => code.includes(text)), `${file.pathname} is not used`);
    const [formula, thread] = text.split("\n");
    assert(/^\/\/ \S/.test(formula) && /^\/\/ \S/.test(thread), `${file.pathname}: no comment`);
  }
});

Deno.test("loops over classes and their like end at overrides: Mesa may compile others at every dispatch", () => {
  const ends = /\bfor \([^;]*;[^;]*\bparams\.(c|classes|labels|slots|columns)\b[^;]*;/;
  assert(ends.test("for (var k = 0u; k < params.c; k++)"));
  for (const file of files(".wgsl")) {
    const found = ends.exec(Deno.readTextFileSync(file));
    assertEquals(found?.[0], undefined, file.pathname);
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
