import type { Allowed, Buildable } from "./pickle_objects.ts";

/** An object that is no more than its attributes, as a dictionary of them. */
class Attributes extends Map<unknown, unknown> implements Buildable {
  /** Takes a dictionary, or None and a dictionary of what stands in slots. */
  build(state: unknown): void {
    for (const part of Array.isArray(state) ? state : [state]) {
      if (part instanceof Map) { for (const [name, value] of part) this.set(name, value); }
      else if (part !== null) throw new SyntaxError("attributes that are no dictionary");
    }
  }
}

function dictionary(items: unknown = []): Map<unknown, unknown> {
  if (items instanceof Map) return items;
  if (!Array.isArray(items)) throw new SyntaxError("a dictionary of what is no list");
  return new Map(items.map((item) => {
    if (!Array.isArray(item)) throw new SyntaxError("a dictionary of what are no pairs");
    return [item[0], item[1]];
  }));
}

function list(items: unknown = []): unknown[] {
  if (!Array.isArray(items)) throw new SyntaxError("a list of what is no list");
  return [...items];
}

/** A path by its parts, of which the first may be the root. */
function path(...parts: readonly unknown[]): string {
  if (!parts.every((part) => typeof part === "string")) throw new SyntaxError("a path of no text");
  return parts.join("/").replace(/[\\/]\//, "/");
}

const named = (modules: string, names: string, call: Allowed): [string, Allowed][] =>
  modules.split(" ").flatMap((module) =>
    names.split(" ").map((name): [string, Allowed] => [`${module} ${name}`, call])
  );

/** Classes of Python itself that are plain values by another name, as options of trainings are. */
export const pythonNames: readonly (readonly [string, Allowed])[] = [
  ...named("collections", "OrderedDict Counter", dictionary),
  ...named("collections", "defaultdict", () => new Map()),
  ...named("collections", "deque", list),
  ...named("argparse", "Namespace", () => new Attributes()),
  ...named("types", "SimpleNamespace", () => new Attributes()),
  ...named("builtins __builtin__", "set frozenset", (items) => new Set(list(items))),
  ...named("builtins __builtin__", "list tuple", list),
  ...named("pathlib pathlib._local", "PosixPath WindowsPath PurePosixPath PureWindowsPath", path),
];
