// One module of the package: its TypeScript becomes JavaScript that Node 20 and browsers run.
import ts from "typescript";

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  removeComments: true,
};

/**
 * The JavaScript of a module: ES2022, without `using` and without comments.
 *
 * @param path from the root of the package, with slashes
 * @param source its TypeScript
 * @param packages what a bare specifier is called on npm
 */
export function compile(
  path: string,
  source: string,
  packages: (specifier: string) => string,
): string {
  const { outputText } = ts.transpileModule(source, { fileName: path, compilerOptions });
  const up = "../".repeat(path.split("/").length - 1) || "./";
  const runtime = path.startsWith("runtime/") ? [] : needs.filter(({ of }) => of.test(outputText))
    .map(({ line }) => line.replace("UP", up));
  return [...runtime, respecified(outputText, packages)].join("\n");
}

/** What a module needs before it where it uses what not every engine has. */
const needs: readonly { readonly of: RegExp; readonly line: string }[] = [
  { of: /\bDeno\.|\} = Deno\b/, line: 'import { Deno } from "#system";' },
  { of: /\bFloat16Array\b/, line: 'import { Float16Array } from "UPruntime/float16.js";' },
  { of: /Symbol\.dispose/, line: 'import "UPruntime/dispose.js";' },
  {
    of: /Array\.fromAsync|Map\.groupBy|\.(?:toHex|fromHex|difference)\(/,
    line: 'import "UPruntime/older.js";',
  },
];

/** The codecs lie in the package, because bundlers do not find their WebAssembly elsewhere. */
const CODEC: Readonly<Record<string, string>> = {
  "./jpeg_codec.ts": "#jpeg-codec",
  "./webp_codec.ts": "#webp-codec",
  "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs": "#jpeg-decoder",
  "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs": "#jpeg-encoder",
};

/** The specifiers as they are in the package; texts and JSON are modules there. */
export function respecified(code: string, packages: (specifier: string) => string): string {
  // A statement begins its line, or its last line with the brace: a message may show one, too.
  const imported =
    /(^(?:import|export|\})[^"'\n]*|\bimport\()"([^"\n]+)"( with \{\s*type: "(?:text|json)"\s*\})?/gm;
  return code
    .replace(/(new URL\("\.[^"\n]+)\.ts"/g, '$1.js"')
    .replace(imported, (_, before, specifier, text) => {
      const name = specifier in CODEC
        ? CODEC[specifier]
        : !specifier.startsWith(".")
        ? packages(specifier)
        : text || !/\.(ts|js)$/.test(specifier)
        ? `${specifier}.js`
        : specifier.replace(/\.ts$/, ".js");
      return `${before}"${name}"`;
    });
}

/** A module whose default export is a text. */
export function textModule(text: string): string {
  return `export default ${JSON.stringify(text)};\n`;
}

/** A shader without comments and indentation, which are a third of it. */
export function smallShader(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/\/\/.*/, "").trim());
  return lines.filter((line) => line !== "").join("\n") + "\n";
}

/** A script that sets `module.exports` as a module, in which it finds neither Node nor a page. */
export function scriptModule(script: string): string {
  return `const module = { exports: {} };
(function (module, exports, process, require, __filename, __dirname) {
${script}
})(module, module.exports);
export default module.exports;
`;
}

/** A module that does not look for files beside it, which bundlers would want to find. */
export function addressless(code: string): string {
  return code.replace(/new URL\("[^"]+",import\.meta\.url\)\.href/g, '""')
    .replaceAll("import.meta.url===undefined", "false")
    .replaceAll("import.meta.url=", "globalThis.unused=")
    .replaceAll("import.meta.url", '""');
}
