import * as z from "zod";
import type { ConfigSchema } from "./command.ts";

/** The part of JSON Schema that says what may be written for one option. */
export interface ValueSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly ValueSchema[];
  readonly items?: ValueSchema | false;
  readonly prefixItems?: readonly ValueSchema[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  /** What `inGroup` notes. */
  readonly group?: string;
  /** What `output` notes. */
  readonly output?: "folder" | "file";
}

/** One option of a command, as the command line shows it. */
export interface Option {
  /** The flag without its dashes, "image-size"; the parts of a nested one are joined by dots. */
  readonly flag: string;
  /** Where its value stands in the configuration, ["imageSize"]. */
  readonly path: readonly string[];
  /** What may be written for it. */
  readonly schema: ValueSchema;
  /** Whether it must be given. */
  readonly required: boolean;
  /** What the help shows it under: its group, or for a nested one the description of its object. */
  readonly under?: string;
}

/**
 * The schema as zod knows it.
 *
 * @throws {TypeError} when it is no object schema of zod.
 */
export function objectSchema(schema: ConfigSchema): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new TypeError("Cannot read the options of a command: its schema is no z.strictObject");
}

/** The options of a schema in the order they are declared, nested objects flattened. */
export function optionsOf(schema: ConfigSchema): readonly Option[] {
  const root = z.toJSONSchema(objectSchema(schema), {
    io: "input",
    unrepresentable: "any",
  }) as ValueSchema;
  return [...flatten(root, { path: [], required: true })];
}

/** The flag that sets the value at `path`: ["crf", "imageSize"] is "crf.image-size". */
export function flagOf(path: readonly PropertyKey[]): string {
  const kebab = (word: string) => word.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
  return path.map((word) => kebab(String(word))).join(".");
}

/** The value that `text` stands for; text that fits no type is left for the schema to refuse. */
export function valueOf(text: string, schema: ValueSchema): unknown {
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 1) {
    const values = alternatives.map((alternative) => valueOf(text, alternative));
    const [value = text] = values.filter((value) => typeof value !== "string");
    return value;
  }
  const { type, prefixItems, items } = alternatives[0];
  if (type === "array") {
    const words = text === "" ? [] : text.split(",").map((word) => word.trim());
    return words.map((word, i) => valueOf(word, prefixItems?.[i] ?? (items || {})));
  }
  if (type === "null") return text === "none" ? null : text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (type === "number" || type === "integer" || typeof schema.const === "number") {
    return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  return text;
}

/** What the help writes after a flag: "N", "TEXT", "a|b", "N,N". */
export function placeholder(schema: ValueSchema): string {
  if (schema.enum) return schema.enum.join("|");
  if (schema.const !== undefined) return String(schema.const);
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 1) return alternatives.map(placeholder).join("|");
  switch (schema.type) {
    case "integer":
    case "number":
      return "N";
    case "null":
      return "none";
    case "array":
      return schema.prefixItems?.map(placeholder).join(",") ??
        `${placeholder(schema.items || {})},...`;
    default:
      return "TEXT";
  }
}

function* flatten(
  schema: ValueSchema,
  { path, required, under }: Pick<Option, "path" | "required" | "under">,
): Generator<Option> {
  if (schema.properties === undefined) {
    yield { flag: flagOf(path), path, schema, required, under: under ?? schema.group };
    return;
  }
  for (const [key, value] of Object.entries(schema.properties)) {
    yield* flatten(value, {
      path: [...path, key],
      required: required && (schema.required?.includes(key) ?? false),
      under: path.length > 0 ? under ?? schema.description : undefined,
    });
  }
}

function alternativesOf(schema: ValueSchema): readonly ValueSchema[] {
  if (schema.anyOf) return schema.anyOf;
  if (typeof schema.type !== "object") return [schema];
  return schema.type.map((type) => ({ ...schema, type }));
}
