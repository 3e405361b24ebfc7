const LOAD = /\bfn ld_(\w+)\((\w+): u32\) -> (\w+) \{ return \1\[\2\]; \}/g;

/**
 * The texel variant of a shader that reads storage buffers: the same text, by two rules.
 *
 * A binding of vectors of four becomes texels when one function reads it, written as here in one
 * line; the declaration and the body of the function are replaced:
 *
 *     @group(0) @binding(0) var<storage, read> x: array<vec4f>;
 *     fn ld_x(i: u32) -> vec4f { return x[i]; }
 *     // var x: texture_storage_2d<rgba32float, read>;
 *     // { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
 *
 * All other bindings stay buffers, those that are written too: software drivers store into buffers
 * three times as fast as into textures, which more than pays for a copy where the next kernel reads
 * texels. An alias may stand for `vec4f`; where it stands for another type (see `lanes`), its binding
 * stays a buffer too.
 *
 * @param name of the kernel, for errors
 * @param text of the shader, without comments
 * @throws {SyntaxError} when a function named `ld_...` is not of this form, or something else
 * reaches its binding.
 */
export function inTexels(name: string, text: string): string {
  const refuse = (why: string): never => {
    throw new SyntaxError(`Cannot read kernel: ${name}: ${why}`);
  };
  const loads = [...text.matchAll(LOAD)];
  if (loads.length !== [...text.matchAll(/\bfn ld_/g)].length) {
    refuse("write fn ld_x(i: u32) -> vec4f { return x[i]; }");
  }
  const aliases = new Map([...text.matchAll(/\balias (\w+) = (\w+);/g)].map(([, a, b]) => [a, b]));
  let result = text;
  for (const [written, x, i, type] of loads) {
    const declared = `var<storage, read> ${x}: array<${type}>;`;
    if (type !== "vec4f" && !aliases.has(type)) refuse(`${x} holds ${type}, texels are vec4f`);
    if (!result.includes(declared)) refuse(`what is used for ${x} alone: ${declared}`);
    if ((aliases.get(type) ?? type) !== "vec4f") continue;
    if (named(text.replace(written, "").replace(declared, ""), x)) {
      refuse(`${x} is texels, and only ld_${x} may reach it`);
    }
    const at = `vec2u(${i} & 1023u, ${i} >> 10u)`;
    result = result.replace(declared, `var ${x}: texture_storage_2d<rgba32float, read>;`)
      .replace(written, `fn ld_${x}(${i}: u32) -> ${type} { return textureLoad(${x}, ${at}); }`);
  }
  return result;
}

/** Whether a function names the binding `x` that has no parameter or variable of that name. */
function named(text: string, x: string): boolean {
  const [, ...functions] = text.split(/\bfn\b/);
  const own = new RegExp(`\\b${x}\\s*:|\\b(?:let|var|const)\\s+${x}\\b`);
  const mention = new RegExp(`(?<![.\\w])${x}\\b`);
  return functions.some((body) => mention.test(body) && !own.test(body));
}
