import * as z from "zod";
import { InputError } from "../../files/error.ts";
import { dataOptions } from "../../options/data_options.ts";
import { losses } from "../../segmentation/losses/losses.ts";
import { trainStatic } from "../train_static.ts";
import { synth } from "../synth.ts";

/** What a segmentation network can be trained on, or with. */
export const trainings: readonly string[] = [
  ...["knowledge", "advice", "static", "dynamic", "truth"],
  ...Object.keys(losses).filter((name) => name !== "ce"),
];

const training = z.enum(trainings as [string, ...string[]]);
const inFile = "; an object in the file of --config";
const options = z.record(z.string(), z.unknown());

/** What compare alone has. */
const own = {
  out: z.string().describe("Folder for all runs and the table"),
  data: z.string().optional()
    .describe("Folder of photographs, best in VOC layout; without it, synthetic sets are made"),
  list: dataOptions.list,
  test: z.string().default("val").describe("List on which the trained networks are measured"),
  methods: z.array(
    z.union([
      training,
      z.strictObject({
        name: z.string().min(1),
        training,
        options: options.default({}),
        segment: options.default({}),
      }),
    ]),
  ).min(1).default(["knowledge", "advice", "static", "dynamic", "truth"]).describe(
    `What networks are trained on or with: ${trainings.join(", ")}; or, in the file of --config, ` +
      '{ "name", "training", "options", "segment" } with options of that training and of segment',
  ),
  seeds: z.array(z.int()).min(1).default([1, 2, 3]).describe("Seeds of the networks"),
  dataSeeds: z.array(z.int().min(0)).min(1).default([1, 2, 3])
    .describe("Seeds of the synthetic sets"),
  synth: z.strictObject(withoutDefaults(synth.config.shape, ["out", "seed"])).optional()
    .describe(`Options of synth${inFile}`),
  static: options.optional().describe(`Options of train static alone${inFile}`),
  refine: options.optional().describe(`Options of refine${inFile}`),
  classifier: options.optional().describe(
    `Options of train classifier, which runs where an option is "{classifier}"${inFile}`,
  ),
  segment: options.optional().describe(`Options of segment${inFile}`),
  reference: z.string().default("static").describe("The method with which the others are compared"),
  over: z.array(z.string()).default([])
    .describe("Classes to average over; all that are present by default"),
  resamples: z.int().min(1).max(100_000).default(1000)
    .describe("Lists drawn for the 95 % intervals"),
};

const shared = withoutDefaults(trainStatic.config.shape, [
  ...Object.keys(own),
  ...["cache", "seed", "validation", "validateEvery", "resume", "overwrite"],
]);

/**
 * The options of comparing: its own, and those of the trainings, which go to every training that has
 * them and whose defaults are its own.
 */
export const compareConfig: z.ZodObject<typeof own> = z.strictObject({
  ...own,
  ...shared,
}) as unknown as z.ZodObject<typeof own>;

/** The configuration of comparing. */
export type CompareConfig = z.output<typeof compareConfig>;

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
 * @throws {InputError} when two have one name, or the reference is none of them.
 */
export function methodsOf({ methods, reference }: CompareConfig): readonly Method[] {
  const all = methods.map((method) =>
    typeof method === "string"
      ? { name: method, training: method, options: {}, segment: {} }
      : method
  );
  const names = all.map(({ name }) => folderOf(name));
  const twice = all.find(({ name }, i) => names.indexOf(folderOf(name)) !== i);
  if (twice) {
    throw new InputError(
      `Cannot compare ${twice.name}: another method has that name. Give each its own.`,
    );
  }
  if (reference !== "static" && !all.some(({ name }) => name === reference)) {
    throw new InputError(
      `Cannot compare with ${reference}: the methods are ${
        all.map((method) => method.name).join(", ")
      }. Name one of them.`,
    );
  }
  return all.map((method) => ({
    ...method,
    network: all.find((other) => alike(other, method))!.name,
  }));
}

/** Whether two methods train alike. */
function alike(a: Pick<Method, "training" | "options">, b: typeof a): boolean {
  return a.training === b.training && JSON.stringify(a.options) === JSON.stringify(b.options);
}

/** The options that were given for the trainings. */
export function sharedOf(config: CompareConfig): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => key in shared && value !== undefined),
  );
}

/** A name as a folder. */
export function folderOf(name: string): string {
  return name.replace(/[^\w.-]+/g, "-");
}

/** The options of another command, none of which must be given. */
function withoutDefaults(
  shape: Readonly<Record<string, unknown>>,
  leave: readonly string[],
): Record<string, z.ZodType> {
  const entries = Object.entries(shape as Record<string, z.ZodType>);
  return Object.fromEntries(
    entries.filter(([key]) => !leave.includes(key)).map(([key, type]) => {
      const inner = type instanceof z.ZodDefault ? type.unwrap() as z.ZodType : type;
      return [key, inner.optional().meta(type.meta() ?? {})];
    }),
  );
}
