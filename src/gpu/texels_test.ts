import { assertEquals, assertThrows } from "@std/assert";
import { kernel } from "./kernel.ts";
import { inHalves, inTexels } from "./texels.ts";

const X = "@group(0) @binding(0) var<storage, read> x: array<vec4f>;";
const Y = "@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;";
const LOAD = "fn ld_x(i: u32) -> vec4f { return x[i]; }";
const MAIN = "@compute @workgroup_size(64) fn main() { y[3] = ld_x(7u); }";

Deno.test("declaration and load are rewritten, and nothing else", () => {
  const b = "@group(0) @binding(2) var<storage, read> b: array<vec4f>;";
  const main = "@compute @workgroup_size(64) fn main() { let x = ld_x(7u); y[3] = x + b[0]; }";
  assertEquals(
    inTexels("sample", [X, Y, b, LOAD, main].join("\n")),
    [
      "@group(0) @binding(0) var x: texture_storage_2d<rgba32float, read>;",
      Y,
      b,
      "fn ld_x(i: u32) -> vec4f { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }",
      main,
    ].join("\n"),
  );
});

Deno.test("a kernel has a texel variant of its own name where bindings may be texels", () => {
  const made = kernel("sample", X, Y, LOAD, MAIN);
  assertEquals(made.bindings.map(({ kind }) => kind), ["read", "write"]);
  assertEquals(made.texels?.bindings.map(({ kind }) => kind), ["texels", "write"]);
  assertEquals([made.texels?.name, made.texels?.texels], ["sample", undefined]);
  const plain = kernel("plain", X, "@compute @workgroup_size(64) fn main() { _ = x[0]; }");
  assertEquals(plain.texels, undefined);
});

Deno.test("an alias is texels where it stands for vec4f, a buffer where not", () => {
  const parts = [X.replace("vec4f", "V"), LOAD.replace("vec4f", "V"), Y, MAIN];
  const four = kernel("four", "alias V = vec4f;", ...parts);
  assertEquals(four.texels?.bindings.map(({ kind }) => kind), ["texels", "write"]);
  assertEquals(kernel("one", "alias V = f32;", ...parts).texels, undefined);
});

Deno.test("a part may be written for each family", () => {
  const made = kernel("sample", { buffers: "// exact", texels: "const FAST = true;" }, X, MAIN);
  assertEquals(made.code.split("\n")[0], "// exact");
  assertEquals(made.texels?.code.split("\n")[0], "const FAST = true;");
  assertEquals(made.texels?.bindings, made.bindings);
});

const refused: readonly [what: string, parts: readonly string[], message: string][] = [
  ["a load of another form", [X, LOAD.replace("x[i]", "x[2 * i]")], "write fn ld_x(i: u32)"],
  ["a load of another binding", [X, LOAD.replace("x[i]", "y[i]")], "write fn ld_x(i: u32)"],
  ["scalars", [X, LOAD].map((part) => part.replace("vec4f", "f32")), "x holds f32, texels are"],
  ["a load without its binding", [LOAD], "x alone: var<storage, read> x: array<vec4f>;"],
  [
    "a load of what is written",
    [Y, LOAD.replaceAll("x", "y")],
    "var<storage, read> y: array<vec4f>",
  ],
  [
    "an index beside a load",
    [X, LOAD, "fn f() -> vec4f { return x[0]; }"],
    "only ld_x may",
  ],
  [
    "a length beside a load",
    [X, LOAD, "fn f(z: u32) -> u32 { return arrayLength(&x); }"],
    "only ld_x",
  ],
];

for (const [what, parts, message] of refused) {
  Deno.test(`no texels by ${what}`, () => {
    assertThrows(() => inTexels("broken", parts.join("\n")), SyntaxError, message);
  });
}

Deno.test("halves: loads are widened, stores rounded, indices and conditions included", () => {
  const text = (y: string, x: string, body: string) =>
    `alias V = vec4f;
@group(0) @binding(0) var<storage, read_write> y: array<${y}>;
@group(0) @binding(1) var<storage, read> x: array<${x}>;
fn main() { ${body} }`;
  const before = text(
    "V",
    "f32",
    "y[i[x[0] + 1]] += x[y[2].x]; if (y[j].x == x[1]) { y[1] = y[0] ; }",
  );
  const both = text(
    "vec4<f16>",
    "f16",
    "y[i[f32(x[0]) + 1]] = vec4<f16>(vec4f(y[i[f32(x[0]) + 1]]) + (f32(x[vec4f(y[2]).x]))); " +
      "if (vec4f(y[j]).x == f32(x[1])) { y[1] = vec4<f16>(vec4f(y[0])); }",
  );
  assertEquals(inHalves("k", before, ["y", "x"]), `enable f16;${both}`);
  const other = "fn f(x: vec4f) -> f32 { return x[0] + s.x[1]; } @group(0)";
  for (const [binding, wrong] of [["x", before.replace("@group(0)", other)], ["z", before]]) {
    assertThrows(() => inHalves("k", wrong, [binding]), SyntaxError, "Cannot read kernel: k");
  }
});
