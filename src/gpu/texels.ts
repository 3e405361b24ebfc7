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

/** Types of elements that may be kept in half precision, and how they are kept. */
const HALVES: Readonly<Record<string, string>> = {
  f32: "f16",
  vec2f: "vec2<f16>",
  vec4f: "vec4<f16>",
};

/**
 * The variant of a shader that reads and writes some bindings in half precision and computes as before:
 * what it loads is widened, what it stores is rounded.
 *
 *     @group(0) @binding(0) var<storage, read_write> y: array<vec4f>;
 *     y[i] += v;
 *     // var<storage, read_write> y: array<vec4<f16>>;
 *     // y[i] = vec4<f16>(vec4f(y[i]) + (v));
 *
 * @param name of the kernel, for errors
 * @param text of the shader, without comments
 * @throws {SyntaxError} when a binding holds no floats, or a function has a variable of its name.
 */
export function inHalves(name: string, text: string, bindings: readonly string[]): string {
  const aliases = new Map([...text.matchAll(/\balias (\w+) = (\w+);/g)].map(([, a, b]) => [a, b]));
  let result = text;
  for (const x of bindings) {
    const declared = new RegExp(`(var<storage[^>]*> ${x}: array<)(\\w+)>;`);
    const type = declared.exec(text)?.[2] ?? "";
    let wide = type;
    while (aliases.has(wide)) wide = aliases.get(wide)!;
    const narrow = HALVES[wide];
    if (narrow === undefined) {
      throw new SyntaxError(`Cannot read kernel: ${name}: ${x} cannot be kept in half precision`);
    }
    const shadowed = text.replace(/\bstruct \w+ \{[^}]*\}/g, "").split(/\bfn\b/).slice(1).some((
      body,
    ) => new RegExp(`(?<![.\\w])${x}\\[`).test(body) && ownsName(body, x));
    if (shadowed) {
      throw new SyntaxError(`Cannot read kernel: ${name}: a function has a variable ${x} too`);
    }
    result = converted(result, x, wide, narrow).replace(declared, `$1${narrow}>;`);
  }
  return `enable f16;${result}`;
}

/** The text with every load of `x` widened and every store rounded. */
function converted(text: string, x: string, wide: string, narrow: string): string {
  const found = new RegExp(`(?<![.\\w])${x}\\[`).exec(text);
  if (!found) return text;
  const start = found.index + found[0].length;
  let end = start;
  for (let depth = 1; depth > 0; end++) depth += { "[": 1, "]": -1 }[text[end]] ?? 0;
  const element = `${x}[${converted(text.slice(start, end - 1), x, wide, narrow)}]`;
  const before = text.slice(0, found.index);
  const stored = /^\s*([-+*/]?)=(?!=)([^;]*);/.exec(text.slice(end));
  if (!stored) return `${before}${wide}(${element})${converted(text.slice(end), x, wide, narrow)}`;
  const [all, operator, right] = stored;
  const value = converted(right, x, wide, narrow).trim();
  const sum = operator ? `${wide}(${element}) ${operator} (${value})` : value;
  const rest = converted(text.slice(end + all.length), x, wide, narrow);
  return `${before}${element} = ${narrow}(${sum});${rest}`;
}

/** Whether a function has a parameter or variable of a name. */
function ownsName(body: string, x: string): boolean {
  return new RegExp(`\\b${x}\\s*:|\\b(?:let|var|const)\\s+${x}\\b`).test(body);
}

/** Whether a function names the binding `x` that has no parameter or variable of that name. */
function named(text: string, x: string): boolean {
  const [, ...functions] = text.split(/\bfn\b/);
  const mention = new RegExp(`(?<![.\\w])${x}\\b`);
  return functions.some((body) => mention.test(body) && !ownsName(body, x));
}
