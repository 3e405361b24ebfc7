import type * as z from "zod";
import type { Option } from "./schema.ts";

/** The groups of options and their headings, in the order in which the help shows them. */
const headings = {
  data: "Data",
  masks: "Masks and score maps",
  crf: "Dense CRF",
  network: "Network",
  integration: "Integration of two masks",
  loss: "Losses",
  augment: "Augmentation",
  optimiser: "Optimiser",
  run: "Run",
  file: "In the file of --config alone",
} as const;

/** A group of options, the same in every command; an option in none is its command's own. */
export type Group = keyof typeof headings;

/** The same options of a schema, noted to be of one group. */
export function inGroup<Shape extends Readonly<Record<string, z.ZodType>>>(
  group: Group,
  shape: Shape,
): Shape {
  const entries = Object.entries(shape).map(([key, option]) => [key, option.meta({ group })]);
  return Object.fromEntries(entries) as Shape;
}

/** Options that are shown together. */
export interface Section {
  /** What stands above them. */
  readonly heading: string;
  /** The options, in the order in which they were declared. */
  readonly options: readonly Option[];
}

/**
 * Options as the help shows them: first what must be given, then the command's own, then group by
 * group, at last what is nested.
 */
export function sectionsOf(options: readonly Option[]): readonly Section[] {
  const keys: readonly (string | undefined)[] = Object.keys(headings);
  const nested = new Set(
    options.map(({ under }) => under).filter((under) => !keys.includes(under)),
  );
  const section = (heading: string, has: (option: Option) => boolean) => {
    return { heading, options: options.filter(has) };
  };
  const under = (key: string | undefined, heading: string) =>
    section(heading, (option) => !option.required && option.under === key);
  return [
    section("Must be given", ({ required }) => required),
    under(undefined, "Options"),
    ...Object.entries(headings).map(([key, heading]) => under(key, heading)),
    ...[...nested].flatMap((heading) => heading === undefined ? [] : [under(heading, heading)]),
  ].filter(({ options }) => options.length > 0);
}
