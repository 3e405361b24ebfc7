const LOAD = /\bfn ld_(\w+)\((\w+): u32\) -> (\w+) \{ return \1\[\2\]; \}/g;
const STORE = /\bfn st_(\w+)\((\w+): u32, (\w+): (\w+)\) \{ \1\[\2\] = \3; \}/g;

/**
 * The texel variant of a shader that reads and writes storage buffers: the same text, by three rules.
 *
 * A binding of vectors of four becomes texels when one function reaches it, written as here in one
 * line; the declaration and the body of the function are replaced:
 *
 *     @group(0) @binding(0) var<storage, read> x: array<vec4f>;
 *     fn ld_x(i: u32) -> vec4f { return x[i]; }
 *     // var x: texture_storage_2d<rgba32float, read>;
 *     // { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
 *
 *     @group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
 *     fn st_y(i: u32, v: vec4f) { y[i] = v; }
 *     // var y: texture_storage_2d<rgba32float, write>;
 *     // { textureStore(y, vec2u(i & 1023u, i >> 10u), v); }
 *
 * All other bindings stay buffers. An alias may stand for `vec4f`; where it stands for another type
 * (see `lanes`), its binding stays a buffer too.
 *
 * @param name of the kernel, for errors
 * @param text of the shader, without comments
 * @throws {SyntaxError} when a function named `ld_...` or `st_...` is not of these two, or something
 * else reaches its binding.
 */
export function inTexels(name: string, text: string): string {
  const refuse = (why: string): never => {
    throw new SyntaxError(`Cannot read kernel: ${name}: ${why}`);
  };
  const accessors = [
    ...[...text.matchAll(LOAD)].map(([written, x, i, type]) => {
      const becomes = `fn ld_${x}(${i}: u32) -> ${type} { return textureLoad(${x}, ${at(i)}); }`;
      return { written, becomes, x, type, mode: "read", access: "read" };
    }),
    ...[...text.matchAll(STORE)].map(([written, y, i, v, type]) => {
      const becomes = `fn st_${y}(${i}: u32, ${v}: ${type}) { textureStore(${y}, ${
        at(i)
      }, ${v}); }`;
      return { written, becomes, x: y, type, mode: "read_write", access: "write" };
    }),
  ];
  if (accessors.length !== [...text.matchAll(/\bfn (?:ld|st)_/g)].length) {
    refuse(
      "write fn ld_x(i: u32) -> vec4f { return x[i]; } or fn st_y(i: u32, v: vec4f) { y[i] = v; }",
    );
  }
  const aliases = new Map([...text.matchAll(/\balias (\w+) = (\w+);/g)].map(([, a, b]) => [a, b]));
  let result = text;
  for (const { written, becomes, x, type, mode, access } of accessors) {
    const declared = `var<storage, ${mode}> ${x}: array<${type}>;`;
    if (type !== "vec4f" && !aliases.has(type)) refuse(`${x} holds ${type}, texels are vec4f`);
    if (!result.includes(declared)) refuse(`what is used for ${x} alone: ${declared}`);
    if ((aliases.get(type) ?? type) !== "vec4f") continue;
    if (named(text.replace(written, "").replace(declared, ""), x)) {
      refuse(`${x} is texels, and only ld_${x} or st_${x} may reach it`);
    }
    result = result.replace(declared, `var ${x}: texture_storage_2d<rgba32float, ${access}>;`)
      .replace(written, becomes);
  }
  return result;
}

function at(i: string): string {
  return `vec2u(${i} & 1023u, ${i} >> 10u)`;
}

/** Whether a function names the binding `x` that has no parameter or variable of that name. */
function named(text: string, x: string): boolean {
  const [, ...functions] = text.split(/\bfn\b/);
  const own = new RegExp(`\\b${x}\\s*:|\\b(?:let|var|const)\\s+${x}\\b`);
  const mention = new RegExp(`(?<![.\\w])${x}\\b`);
  return functions.some((body) => mention.test(body) && !own.test(body));
}
