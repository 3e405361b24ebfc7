import * as z from "zod";
import { dataOptions } from "../../options/data_options.ts";
import { inGroup } from "../../options/groups.ts";
import { output } from "../../options/outputs.ts";
import { losses } from "../../segmentation/losses/losses.ts";
import { synth } from "../synth.ts";
import { trainStatic } from "../train_static.ts";

/** What a segmentation network can be trained on, or with. */
const trainings: readonly string[] = [
  ...["knowledge", "advice", "static", "dynamic", "truth", "certain"],
  ...Object.keys(losses).filter((name) => name !== "ce"),
];

const training = z.enum(trainings as [string, ...string[]]);
const options = z.record(z.string(), z.unknown());

/** Options of single steps. */
const steps = inGroup("file", {
  static: options.optional().describe("Options of train static alone"),
  refine: options.optional().describe("Options of refine"),
  classifier: options.optional().describe(
    'Options of train classifier, which runs where an option is "{classifier}"',
  ),
  segment: options.optional().describe("Options of segment"),
});

/** Names of what compare alone has; an option of training of the same name is not offered. */
const settled = [
  ...["out", "data", "list", "test", "methods", "variants", "seeds", "dataSeeds", "synth"],
  ...["reference", "over", "resamples", "sparse", "ladder", ...Object.keys(steps)],
  ...["cache", "seed", "validation", "validateEvery", "resume", "overwrite"],
];
const shared = withoutDefaults(trainStatic.config.shape, settled);

/** What compare alone has. */
const own = {
  out: output(z.string().describe("Folder for all runs and the table")),
  ...inGroup("data", {
    data: z.string().optional()
      .describe("Folder of photographs, best in VOC layout; without it, synthetic sets are made"),
    list: dataOptions.list,
    test: z.string().default("val").describe("List on which the trained networks are measured"),
  }),
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
  ).default(["knowledge", "advice", "static", "dynamic", "truth"]).describe(
    `What networks are trained on or with: ${trainings.join(", ")}; or, in the file of --config, ` +
      '{ "name", "training", "options", "segment" } with options of that training and of segment',
  ),
  seeds: z.array(z.int()).min(1).default([1, 2, 3]).describe("Seeds of the networks"),
  dataSeeds: z.array(z.int().min(0)).min(1).default([1, 2, 3])
    .describe("Seeds of the synthetic sets"),
  synth: z.strictObject(withoutDefaults(synth.config.shape, ["out", "seed"])).optional()
    .describe("Options of synth"),
  sparse: z.strictObject({
    background: z.number().min(0).default(0.05)
      .describe("Background where no score is above this"),
    sure: z.number().min(0).default(0.5).describe("The class of the highest score above this"),
  }).prefault({}).describe("Sparse seeds of --scores, for sec and dsrg"),
  ladder: z.boolean().default(false)
    .describe("Measure the ablations of every static run too, in a table of their own"),
  reference: z.string().default("static").describe("The method with which the others are compared"),
  over: z.array(z.string()).default([])
    .describe("Classes to average over; all that are present by default"),
  resamples: z.int().min(1).max(100_000).default(1000)
    .describe("Bootstrap samples for the 95 % intervals"),
  ...inGroup("file", {
    variants: z.array(
      z.strictObject({ name: z.string().min(1), options: z.strictObject({ ...shared, ...steps }) }),
    ).default([]).describe(
      'Sets of options; everything is done once with each: { "name", "options" }',
    ),
  }),
  ...steps,
};

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

/** The options that were given for the trainings. */
export function sharedOf(config: CompareConfig): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => key in shared && value !== undefined),
  );
}

/** The configuration with the options of one variant in place of its own. */
export function variantOf(
  config: CompareConfig,
  { options }: CompareConfig["variants"][number],
): CompareConfig {
  const merged = Object.keys(steps).map((key) => {
    const step = key as keyof typeof steps;
    const both = { ...config[step], ...options[step] as object | undefined };
    return [step, Object.keys(both).length > 0 ? both : undefined];
  });
  return { ...config, ...options, ...Object.fromEntries(merged) };
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
