import { assertEquals, assertThrows } from "@std/assert";
import { kernel, kernels } from "./kernel.ts";

const main = "@compute @workgroup_size(64) fn main() {}";

Deno.test("kernel reads bindings, parameters, overrides and workgroup from the WGSL", () => {
  const made = kernel(
    "sample",
    `// @group(0) @binding(9) var<storage, read> commented: array<f32>;
    override WG: u32;
    override FAST: bool = true;
    override SIZE: u32 = 8u; // of a tile
    override AREA: u32 = SIZE * 4;
    struct Params { size: u32, shift: i32,
      rate: f32, }`,
    `@group(0) @binding(0) var<storage, read> x: array<vec4f>;
    @group(0) @binding(3) var<storage, read_write> y: array<f32>;
    @group(0) @binding(1) var<uniform> params: Params;
    @group(0) @binding(2) var t: texture_storage_2d<rgba32float, read>;
    @group(0) @binding(4) var
      u: texture_storage_2d< rgba32float , read >;
    @compute @workgroup_size(WG, 4u,) fn main() {}`,
  );
  assertEquals(made.bindings, [
    { name: "x", index: 0, kind: "read" },
    { name: "y", index: 3, kind: "write" },
    { name: "params", index: 1, kind: "uniform" },
    { name: "t", index: 2, kind: "texels" },
    { name: "u", index: 4, kind: "texels" },
  ]);
  assertEquals(made.params, [
    { name: "size", type: "u32" },
    { name: "shift", type: "i32" },
    { name: "rate", type: "f32" },
  ]);
  assertEquals([...made.overrides], [["WG", undefined], ["FAST", 1], ["SIZE", 8], ["AREA", NaN]]);
  assertEquals(made.workgroup, ["WG", 4]);
  assertEquals(kernels().includes(made), true);
});

const refused: readonly [what: string, code: string, message: string][] = [
  ["no entry point", "fn f() {}", 'no compute entry point "main"'],
  ["an entry point of another name", main.replace("main", "run"), 'no compute entry point "main"'],
  [
    "a vector parameter",
    `struct Params { size: vec2u } ${main}`,
    "broken: Params.size must be a scalar",
  ],
  [
    "a texture of another format",
    `@group(0) @binding(0) var t: texture_storage_2d<rgba8unorm, read>; ${main}`,
    "broken.t: binding of type texture_storage_2d<rgba8unorm, read> is not supported",
  ],
  [
    "a binding of another group",
    `@group(1) @binding(0) var<storage, read> x: array<f32>; ${main}`,
    "broken: write @group(0) @binding(n) var<...> x: T;",
  ],
  [
    "a workgroup size that is a constant",
    `const N = 64; ${main.replace("64", "N")}`,
    "broken: workgroup size N is no override",
  ],
  [
    "a workgroup size that is computed",
    `override M: u32 = 8; override N: u32 = 2 * M; ${main.replace("64", "N")}`,
    "broken: workgroup size N is no override",
  ],
];

for (const [what, code, message] of refused) {
  Deno.test(`kernel refuses ${what}`, () => {
    const before = kernels().length;
    assertThrows(() => kernel("broken", code), SyntaxError, message);
    assertEquals(kernels().length, before);
  });
}
