import { inHalves, inTexels } from "./texels.ts";

/** How a shader uses one of its bindings. */
export type BindingKind = "uniform" | "read" | "write" | "texels";

/** One resource of a shader, as its WGSL text declares it. */
export interface Binding {
  /** The variable's name, by which arguments are matched. */
  readonly name: string;
  /** The number in `@binding(n)`. */
  readonly index: number;
  /** How the shader uses it. */
  readonly kind: BindingKind;
}

/** One scalar field of the shader's `struct Params`. */
export interface Param {
  /** The field's name. */
  readonly name: string;
  /** Its scalar type. */
  readonly type: "u32" | "i32" | "f32";
}

/** A compute shader and its interface, which is read from the WGSL text itself. */
export interface Kernel {
  /** The name shown in errors and profiles. */
  readonly name: string;
  /** The whole WGSL text. */
  readonly code: string;
  /** The resources it binds, all in group 0. */
  readonly bindings: readonly Binding[];
  /** The fields of `struct Params`, four bytes each, in order. */
  readonly params: readonly Param[];
  /** The pipeline constants and their defaults (`undefined`: must be given; NaN: an expression). */
  readonly overrides: ReadonlyMap<string, number | undefined>;
  /** The sizes in `@workgroup_size`: numbers, or names of overrides. */
  readonly workgroup: readonly (number | string)[];
  /** The same kernel reading storage textures, where it lets some bindings be texels. */
  readonly texels?: Kernel;
}

/** A part of a shader: WGSL text, or one for each family of kernels where they truly differ. */
export type Part = string | {
  /** What runs where kernels read storage buffers. */
  readonly buffers: string;
  /** What runs where kernels read storage textures. */
  readonly texels: string;
};

const BINDING =
  /@group\(0\)\s*@binding\((\d+)\)\s*var(?:<\s*(\w+)\s*(?:,\s*(\w+)\s*)?>)?\s+(\w+)\s*:\s*([^;]+);/g;
const OVERRIDE = /\boverride\s+(\w+)\s*(?::\s*\w+\s*)?(?:=\s*([^;]+))?;/g;

function bindingKind(name: string, space: string | undefined, access: string, type: string) {
  if (space === "uniform") return "uniform";
  if (space === "storage") return access === "read_write" ? "write" : "read";
  if (/^texture_storage_2d<\s*rgba32float\s*,\s*read\s*>$/.test(type)) return "texels";
  throw new SyntaxError(`Cannot read kernel: ${name}: binding of type ${type} is not supported`);
}

function overrideDefault(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim();
  if (value === "true") return 1;
  if (value === "false") return 0;
  return /^[-\d.]+[uif]?$/.test(value) ? Number.parseFloat(value) : NaN;
}

const parsed: Kernel[] = [];

/** Every kernel parsed so far, so that a test can compile them all. */
export function kernels(): readonly Kernel[] {
  return parsed;
}

/**
 * A kernel from its WGSL text, which declares storage buffers; belongs to no device, parsed once.
 *
 * Its texel variant follows from the same text by the rules of {@linkcode inTexels}. Several parts are
 * joined in order, so that bodies may share declarations and functions.
 *
 * @throws {SyntaxError} when the text has no compute entry point or declares what henka cannot bind.
 */
export function kernel(name: string, ...parts: readonly Part[]): Kernel {
  const textOf = (family: "buffers" | "texels") =>
    parts.map((part) => typeof part === "string" ? part : part[family]).join("\n");
  const code = textOf("buffers");
  const texelCode = inTexels(name, bare(textOf("texels")));
  const made = {
    ...read(name, code),
    texels: texelCode === bare(code) ? undefined : read(name, texelCode),
  };
  parsed.push(made);
  return made;
}

const halved = new WeakMap<Kernel, Map<string, Kernel>>();

/**
 * The variant of a kernel whose named bindings are kept in half precision ({@linkcode inHalves}).
 *
 * @throws {SyntaxError} when one of them holds no floats.
 */
export function halvesOf(kernel: Kernel, bindings: readonly string[]): Kernel {
  let variants = halved.get(kernel);
  if (!variants) halved.set(kernel, variants = new Map());
  const key = bindings.join();
  let variant = variants.get(key);
  if (!variant) {
    variant = read(kernel.name, inHalves(kernel.name, bare(kernel.code), bindings));
    variants.set(key, variant);
  }
  return variant;
}

/** Without comments; lines keep their numbers. */
function bare(code: string): string {
  return code.replace(/\/\/[^\n]*/g, "");
}

/** The interface that a text declares. */
function read(name: string, code: string): Kernel {
  const text = bare(code);
  const bindings = [...text.matchAll(BINDING)].map(([, index, space, access, variable, type]) => ({
    name: variable,
    index: Number(index),
    kind: bindingKind(`${name}.${variable}`, space, access ?? "read", type.trim()) as BindingKind,
  }));
  if (bindings.length !== [...text.matchAll(/@binding\(/g)].length) {
    throw new SyntaxError(
      `Cannot read kernel: ${name}: write @group(0) @binding(n) var<...> x: T;`,
    );
  }
  const struct = /struct\s+Params\s*\{([^}]*)\}/.exec(text)?.[1] ?? "";
  const params = [...struct.matchAll(/(\w+)\s*:\s*([\w<>]+)/g)].map(([, field, type]) => {
    if (type !== "u32" && type !== "i32" && type !== "f32") {
      throw new SyntaxError(`Cannot read kernel: ${name}: Params.${field} must be a scalar`);
    }
    return { name: field, type } as Param;
  });
  const overrides = new Map(
    [...text.matchAll(OVERRIDE)].map(([, id, value]) => [id, overrideDefault(value)] as const),
  );
  const size = /@workgroup_size\(([^)]*)\)/.exec(text)?.[1];
  if (size === undefined || !/\bfn\s+main\b/.test(text)) {
    throw new SyntaxError(`Cannot read kernel: ${name} has no compute entry point "main"`);
  }
  const workgroup = size.split(",").map((part) => part.trim()).filter((part) => part !== "").map(
    (part) => /^\d+u?$/.test(part) ? Number.parseInt(part) : part,
  );
  for (const part of workgroup) {
    // A constant would be taken for 1: 64 times too many workgroups would run.
    if (typeof part === "string" && (!overrides.has(part) || Number.isNaN(overrides.get(part)))) {
      throw new SyntaxError(`Cannot read kernel: ${name}: workgroup size ${part} is no override`);
    }
  }
  return { name, code, bindings, params, overrides, workgroup };
}
