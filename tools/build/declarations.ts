// The types of the package: what TypeScript itself says of every module, as declarations.
import { fromFileUrl } from "@std/path";
import ts from "typescript";
import { respecified } from "./compile.ts";

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts"],
  types: [],
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  declaration: true,
  emitDeclarationOnly: true,
  strict: true,
  skipLibCheck: true,
};

/** Declarations of what Deno offers, and of what a text is that is imported. */
const LIBRARY = "/lib.deno.d.ts";
const TEXT = "/text.d.ts";

/**
 * The declarations of modules, by the paths of the modules.
 *
 * @param root the project's folder
 * @param paths of the modules, from there
 * @param packages what a bare specifier is called on npm
 */
export async function declarations(
  root: string,
  paths: readonly string[],
  packages: (specifier: string) => string,
): Promise<Map<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["types"] }).output();
  const made = new Map([
    [LIBRARY, new TextDecoder().decode(stdout)],
    [TEXT, "declare const text: string;\nexport default text;\n"],
  ]);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (path) => made.get(path) ?? readFile(path);
  host.fileExists = (path) => made.has(path) || fileExists(path);
  host.getSourceFile = (path, language) =>
    made.has(path)
      ? ts.createSourceFile(path, made.get(path)!, language)
      : getSourceFile(path, language);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      resolved(text, from) ?? ts.resolveModuleName(text, from, options, host)
    );
  const names = [...paths, "types/std.d.ts"].map((path) => `${root}${path}`);
  const program = ts.createProgram([...names, LIBRARY], { ...options, rootDir: root }, host);
  const found = new Map<string, string>();
  program.emit(
    undefined,
    (path, text) => {
      const own = path.replace(root, "").replace(/\.d\.ts$/, ".ts");
      const types = respecified(text.replace(CACHED, '$1"$2"'), packages);
      found.set(own, /\bGPU[A-Z]/.test(types) ? WEBGPU + types : types);
    },
    undefined,
    true,
  );
  return found;
}

/** Where the types of WebGPU are for those whose TypeScript has none. */
const WEBGPU = '/// <reference types="@webgpu/types" />\n';

/** A type that TypeScript found in Deno's cache, where it has a path and no name. */
const CACHED = /(import\()"[^"\n]*\/npm\/[^/"]+\/((?:@[^/"]+\/)?[^/"]+)\/[^"\n]*"/g;

/** Where a module's types are, for what TypeScript does not find by itself. */
function resolved(
  specifier: string,
  from: string,
): ts.ResolvedModuleWithFailedLookupLocations | undefined {
  if (specifier.startsWith(".")) {
    return /\.(ts|json|js|mjs|cjs)$/.test(specifier) || from.includes("/npm/")
      ? undefined
      : { resolvedModule: { resolvedFileName: TEXT, extension: ts.Extension.Dts } };
  }
  let path: string;
  try {
    path = fromFileUrl(import.meta.resolve(specifier));
  } catch {
    return undefined;
  }
  for (const extension of [ts.Extension.Dts, ts.Extension.Dcts, ts.Extension.Dmts]) {
    const resolvedFileName = path.replace(/\.[cm]?js$/, extension);
    if (resolvedFileName === path || !ts.sys.fileExists(resolvedFileName)) continue;
    return { resolvedModule: { resolvedFileName, extension, isExternalLibraryImport: true } };
  }
  return undefined;
}
