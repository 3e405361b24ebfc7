import { dirname } from "@std/path";
import type { Command } from "../../options/command.ts";
import { optionsOf } from "../../options/schema.ts";

/**
 * The folders that options of single steps name as outputs, wherever these stand in a comparison's
 * configuration: of the step, of a method or of a variant.
 */
export function nestedOutputs(config: object, steps: readonly Command[]): readonly string[] {
  const options = steps.flatMap((step) => optionsOf(step.config));
  const known = new Map(options.map(({ path, schema }) => [path.join("."), schema.output]));
  return Object.entries(config).flatMap(([key, value]) => {
    if (typeof value === "object" && value !== null) return nestedOutputs(value, steps);
    if (typeof value !== "string" || known.get(key) === undefined) return [];
    return [known.get(key) === "file" ? dirname(value) : value];
  });
}
