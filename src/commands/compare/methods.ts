import { InputError } from "../../files/error.ts";
import type { CompareConfig } from "./config.ts";

/** One method of a comparison. */
export interface Method {
  /** What it is called in the table. */
  readonly name: string;
  /** What the network is trained on or with. */
  readonly training: string;
  /** Options of that training. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options of segment, for this method alone. */
  readonly segment: Readonly<Record<string, unknown>>;
  /** The first method with the same training and options, whose network is this one's. */
  readonly network: string;
}

/**
 * The methods to compare.
 *
 * @throws {InputError} when two methods or variants have one name, when the reference is no row of the
 * table, or when there is nothing to compare.
 */
export function methodsOf(
  { methods, variants, ladder, reference }: CompareConfig,
): readonly Method[] {
  const all = methods.map((method) =>
    typeof method === "string"
      ? { name: method, training: method, options: {}, segment: {} }
      : method
  );
  if (all.length === 0 && !ladder) {
    throw new InputError("Cannot compare: no methods are given. Name some, or give --ladder.");
  }
  requireNames("method", all.map(({ name }) => name));
  requireNames("variant", variants.map(({ name }) => name));
  const rows = variants.length === 0
    ? all.map(({ name }) => name)
    : variants.flatMap((variant) => all.map(({ name }) => rowName(name, variant.name)));
  if (reference !== "static" && !rows.includes(reference)) {
    throw new InputError(
      `Cannot compare with ${reference}: the methods are ${rows.join(", ")}. Name one of them.`,
    );
  }
  return all.map((method) => ({
    ...method,
    network: all.find((other) => alike(other, method))!.name,
  }));
}

/** What a row of a table is called. */
export function rowName(name: string, variant?: string): string {
  return variant === undefined ? name : `${name}, ${variant}`;
}

/** A name as a folder. */
export function folderOf(name: string): string {
  return name.replace(/[^\w.-]+/g, "-");
}

function requireNames(what: string, names: readonly string[]): void {
  const folders = names.map(folderOf);
  const twice = names.find((_, i) => folders.indexOf(folders[i]) !== i);
  if (twice === undefined) return;
  throw new InputError(
    `Cannot compare ${twice}: another ${what} has that name. Give each its own.`,
  );
}

/** Whether two methods train alike. */
function alike(a: Pick<Method, "training" | "options">, b: typeof a): boolean {
  return a.training === b.training && JSON.stringify(a.options) === JSON.stringify(b.options);
}
