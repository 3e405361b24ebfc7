// A lint plugin for the rules of docs/architecture.md: who may import whom, and what only certain
// files may do.
import { dirname, fromFileUrl, join, normalize, relative } from "@std/path";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** From the bottom up; a unit imports only from rows below its own. */
const rows: readonly (readonly string[])[] = [
  ["src/gpu", "src/files"],
  ["src/tensor", "src/mpi"],
  ["src/wgsl", "src/data", "src/eval", "src/weights", "src/onnx"],
  ["src/nn", "src/options"],
  ["src/models", "src/crf", "src/training"],
  ["src/segmentation"],
  ["src/cam", "src/psa", "src/scpp"],
  ["src/web"],
  ["src/commands"],
  ["cli.ts", "mod.ts"],
];

/**
 * These need no GPU. Data may read the arrays of weights (maps and labels come as .npy), eval may use
 * data; all use files, which use nothing.
 */
const cpuOnly: Readonly<Record<string, readonly string[]>> = {
  "src/files": [],
  "src/mpi": ["src/files"],
  "src/data": ["src/files", "src/weights"],
  "src/eval": ["src/files", "src/data"],
  "src/weights": ["src/files"],
};

const isTest = (file: string) => /_(test|bench)\.ts$/.test(file);
const within = (file: string, folder: string) => file.startsWith(`${folder}/`);

/** The unit a file belongs to: "src/nn/linear.ts" to "src/nn", "src/commands.ts" to "src/commands". */
function unitOf(file: string): string | undefined {
  return rows.flat().find((unit) => file === unit || file === `${unit}.ts` || within(file, unit));
}

function rowOf(unit: string): number {
  return rows.findIndex((row) => row.includes(unit));
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (from in cpuOnly) return cpuOnly[from].includes(to);
  return rowOf(to) < rowOf(from);
}

/** The linted file's path from the project's root, with slashes. */
function fileOf(context: Deno.lint.RuleContext): string {
  const path = context.filename.startsWith(root)
    ? relative(root, context.filename)
    : context.filename;
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

/** Calls `check` with each path that a file of the project imports. */
function imports(
  check: (path: string, node: Deno.lint.Node) => void,
  file: string,
): Deno.lint.LintVisitor {
  const visit = (node: Deno.lint.Node, source: unknown) => {
    const specifier = (source as { value?: unknown } | null)?.value;
    if (typeof specifier !== "string" || !specifier.startsWith(".")) return;
    check(normalize(join(dirname(file), specifier)).replaceAll("\\", "/"), node);
  };
  return {
    ImportDeclaration: (node) => visit(node, node.source),
    ImportExpression: (node) => visit(node, node.source),
    ExportAllDeclaration: (node) => visit(node, node.source),
    ExportNamedDeclaration: (node) => visit(node, node.source),
  };
}

/** Reports every `object.property` for which `applies` holds. */
function members(
  context: Deno.lint.RuleContext,
  applies: (object: string, property: string) => boolean,
  message: string,
): Deno.lint.LintVisitor {
  return {
    MemberExpression(node) {
      if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
      if (applies(node.object.name, node.property.name)) context.report({ node, message });
    },
  };
}

const layers: Deno.lint.Rule = {
  create(context) {
    const file = fileOf(context);
    const from = unitOf(file);
    if (from === undefined || isTest(file)) return {};
    return imports((path, node) => {
      const to = unitOf(path);
      if (to === undefined || mayImport(from, to)) return;
      context.report({ node, message: `${from} may not import ${to}: imports go downward only` });
    }, file);
  },
};

const shaders: Deno.lint.Rule = {
  create(context) {
    const file = fileOf(context);
    if (unitOf(file) === undefined || within(file, "src/wgsl") || isTest(file)) return {};
    return imports((path, node) => {
      if (!path.endsWith(".wgsl")) return;
      context.report({ node, message: "Only src/wgsl imports shaders" });
    }, file);
  },
};

const webgpu: Deno.lint.Rule = {
  create(context) {
    const file = fileOf(context);
    const exempt = within(file, "src/gpu") || file === "src/tensor/tensor.ts" || isTest(file);
    if (unitOf(file) === undefined || exempt) return {};
    const message = "Only src/gpu speaks WebGPU";
    return {
      Identifier(node) {
        if (/^GPU[A-Z]/.test(node.name)) context.report({ node, message });
      },
      ...members(context, (object, key) => object === "navigator" && key === "gpu", message),
    };
  },
};

const terminal: Deno.lint.Rule = {
  create(context) {
    const file = fileOf(context);
    if (unitOf(file) === undefined || file === "cli.ts" || isTest(file)) return {};
    return members(
      context,
      (object, key) =>
        object === "console" || object === "Deno" && ["args", "exit", "exitCode"].includes(key),
      "Only cli.ts prints, reads the arguments and exits",
    );
  },
};

/**
 * Who may use what only Deno or Node has. All else runs in browsers too: it takes bytes, and the files
 * of `src/files` add paths to it.
 */
const systems: readonly string[] = [
  "src/files",
  "src/mpi",
  "src/options",
  "src/commands",
  "src/training/run_folder.ts",
  "src/training/feature_cache.ts",
  "src/weights/download.ts",
  "src/weights/weights_cache.ts",
  "src/web/server",
  "src/web/view",
  "cli.ts",
];

const system: Deno.lint.Rule = {
  create(context) {
    const file = fileOf(context);
    const exempt = systems.some((unit) => file === unit || within(file, unit)) || isTest(file);
    if (unitOf(file) === undefined || exempt) return {};
    const message = "Only src/files and what tools/lint/layers.ts names may use Deno and Node";
    const visit = (node: Deno.lint.Node, source: unknown) => {
      const specifier = (source as { value?: unknown } | null)?.value;
      if (String(specifier).startsWith("node:")) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => visit(node, node.source),
      ImportExpression: (node) => visit(node, node.source),
      ExportAllDeclaration: (node) => visit(node, node.source),
      ExportNamedDeclaration: (node) => visit(node, node.source),
      Identifier(node) {
        const { parent } = node;
        const isField = parent.type === "MemberExpression" && parent.property === node ||
          parent.type === "TSPropertySignature" || parent.type === "Property";
        if (node.name === "Deno" && !isField) context.report({ node, message });
      },
    };
  },
};

const random: Deno.lint.Rule = {
  create(context) {
    const file = fileOf(context);
    const exempt = ["src/data/random.ts", "src/web/server/token.ts"]; // a secret has no seed
    if (unitOf(file) === undefined || exempt.includes(file)) return {};
    return members(
      context,
      (object, key) =>
        object === "Math" && key === "random" ||
        object === "crypto" && ["getRandomValues", "randomUUID"].includes(key),
      "Only src/data/random.ts makes random numbers, from a seed",
    );
  },
};

/** The plugin named in deno.json. */
export default {
  name: "henka",
  rules: { layers, shaders, webgpu, terminal, system, random },
} satisfies Deno.lint.Plugin;
