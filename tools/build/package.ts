// What package.json says.
import project from "../../deno.json" with { type: "json" };

const imports: Readonly<Record<string, string>> = project.imports;

/** What npm calls a bare specifier of deno.json: "deno-std/path/mod.js" for "@std/path". */
export function onNpm(specifier: string): string {
  const [known] = Object.keys(imports).filter((key) =>
    specifier === key || specifier.startsWith(`${key}/`)
  ).sort((a, b) => b.length - a.length);
  if (known === undefined) return specifier;
  const { name, inside } = parsed(imports[known]);
  return name + inside + specifier.slice(known.length);
}

function parsed(target: string) {
  const found = /^npm:((?:@[^/]+\/)?[^@/]+)@([^/]+)(\/.*)?$/.exec(target);
  if (!found) throw new Error(`deno.json maps to ${target}, which npm does not know`);
  const [, name, version, inside = ""] = found;
  return { name, version, inside };
}

/** The versions that the package depends on, of the packages with these bare specifiers. */
function versions(specifiers: Iterable<string>): Record<string, string> {
  const found = new Map<string, string>();
  for (const specifier of specifiers) {
    const [target] = Object.entries(imports).filter(([key]) =>
      specifier === key || specifier.startsWith(`${key}/`)
    ).map(([, target]) => target);
    if (target === undefined) continue;
    const { name, version } = parsed(target);
    found.set(name, version);
  }
  return Object.fromEntries([...found].sort());
}

/** The permissions of each command, as its task has them. */
export function permissionsOf(): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, task] of Object.entries(project.tasks)) {
    const [, flags] = / deno run --no-prompt (.*)cli\.ts\b/.exec(` ${task.command}`) ?? [];
    if (flags !== undefined) {
      all[name] = [...flags.matchAll(/'([^']+)'|(\S+)/g)].map(([, a, b]) => a ?? b);
    }
  }
  return all;
}

/** Where an entry point lies in the package: "./src/crf/mod" for "./src/crf/mod.ts". */
export function stem(path: string): string {
  return path.replace(/\.ts$/, "");
}

/** The whole of package.json. */
export function packageJson(
  specifiers: Iterable<string>,
): Readonly<Record<string, unknown>> & { readonly dependencies: Record<string, string> } {
  const entries = Object.entries(project.exports).map(([name, path]) => {
    return [name, { types: `${stem(path)}.d.ts`, default: `${stem(path)}.js` }];
  });
  return {
    name: project.name,
    version: project.version,
    description: project.description,
    license: project.license,
    keywords: ["webgpu", "wgsl", "crf", "segmentation", "mask", "weakly-supervised", "deno"],
    type: "module",
    engines: { node: ">=20.6" },
    main: "./mod.js",
    types: "./mod.d.ts",
    files: ["**/*", "!src/web/try"],
    bin: { henka: "runtime/bin.js" },
    exports: {
      ...Object.fromEntries(entries),
      "./browser/*": "./browser/*",
      "./package.json": "./package.json",
    },
    imports: {
      "#system": {
        deno: "./runtime/system_deno.js",
        browser: "./runtime/system_browser.js",
        node: "./runtime/system_node.js",
        default: "./runtime/system_browser.js",
      },
      "#jpeg-codec": "./runtime/jpeg_codec.js",
      "#jpeg-decoder": "./runtime/jpeg_decoder.js",
      "#jpeg-encoder": "./runtime/jpeg_encoder.js",
      "#webp-codec": "./runtime/webp_codec.js",
    },
    // A module whose exports nobody imports may be left out, but for these.
    sideEffects: [
      "./runtime/dispose.js",
      "./runtime/older.js",
      "./src/commands/device_worker.js",
      "./src/data/augment/prefetch_worker.js",
    ],
    dependencies: versions([...specifiers, "@webgpu/types"]),
    peerDependencies: { deno: ">=2.9.6", webgpu: ">=0.3.0" },
    peerDependenciesMeta: { deno: { optional: true }, webgpu: { optional: true } },
  };
}
