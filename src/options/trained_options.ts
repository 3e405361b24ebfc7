import * as z from "zod";
import { MOST_CLASSES, vocClasses } from "../data/labels/classes.ts";
import { InputError } from "../files/error.ts";
import { encoderNames } from "../weights/layouts/variant.ts";
import type { Context } from "./command.ts";
import { type DataOptions, openData } from "./data_options.ts";
import { inGroup } from "./groups.ts";

/** Options that say which trained network a command uses: that of a run, or a published one. */
export const trainedOptions = {
  run: z.string().optional(),
  ...inGroup("network", {
    weights: z.string().optional().describe(
      "In place of --run: a checkpoint that others have published, or the name of fetched weights",
    ),
    network: z.enum(encoderNames).optional()
      .describe("Network that --weights must be of; the file says it otherwise"),
    precision: z.enum(["f32", "f16"]).optional().describe(
      "f16 keeps the encoder's maps and weights in half precision, sums and the rest in f32; for GPUs " +
        "with shader-f16; as the run was trained by default",
    ),
  }),
};

/** What {@linkcode trainedOptions} describe. */
export type TrainedOptions = z.output<z.ZodObject<typeof trainedOptions>>;

/**
 * The run, or else the published checkpoint that is named.
 *
 * @throws {InputError} when none or both are given.
 */
export function runOrWeights(
  { run, weights }: TrainedOptions,
): { readonly run: string } | { readonly run?: undefined; readonly weights: string } {
  if (run !== undefined && weights === undefined) return { run };
  if (run === undefined && weights !== undefined) return { weights };
  throw new InputError(
    "Cannot say which network is meant: give either --run, a folder, or --weights, a published " +
      "checkpoint.",
  );
}

/** The options of a trained network, in the precision that a command asks for. */
export function withPrecision<Config extends object>(
  config: Config,
  { precision }: Pick<TrainedOptions, "precision">,
): Config {
  return precision === undefined ? config : { ...config, precision };
}

/**
 * Checks before anything is written that the GPU can compute in a precision.
 *
 * @throws {DeviceError} when it cannot.
 */
export async function checkPrecision(
  precision: TrainedOptions["precision"],
  context: Pick<Context, "device">,
): Promise<void> {
  if (precision === "f16") (await context.device()).requireHalves();
}

/**
 * The data folder of a command that has no run to take it from.
 *
 * @throws {InputError} when it is not given.
 */
export function requireData({ data }: { readonly data?: string }): string {
  if (data !== undefined) return data;
  throw new InputError("Cannot use --weights without --data: give the folder of photographs.");
}

/**
 * The same options with the classes of a published network: those of the data folder or of `--classes` if
 * there are as many of them, else the 21 of PASCAL VOC.
 *
 * @param count classes of the network, background included
 * @param path its file
 * @throws {InputError} when the network has another number of classes.
 */
export async function withPublishedClasses<Data extends DataOptions>(
  data: Data,
  count: number,
  path: string,
): Promise<Data> {
  const { classes, source } = await openData(data);
  if (count > MOST_CLASSES) {
    throw new InputError(
      `Cannot use ${path} with the classes of ${source}: it scores ${
        count - 1
      } others, more than ` +
        `masks may have. Train your own scores on it: train classifier --weights ${path}.`,
    );
  }
  if (classes.length === count) return data;
  if (data.classes === undefined && count === vocClasses.length) {
    const other = classes.slice(1).find((name) => !vocClasses.includes(name));
    if (other === undefined) return { ...data, classes: vocClasses };
    throw new InputError(
      `Cannot use ${path} with the classes of ${source}: it knows the ${
        count - 1
      } of PASCAL VOC, and ` +
        `${other} is none of them. Train your own scores on it: train classifier --weights ${path}.`,
    );
  }
  throw new InputError(
    `Cannot use ${path} with the classes of ${source}: it knows ${
      count - 1
    } besides the background, ` +
      `and these are ${classes.length - 1}. Give --classes, a file of its class names.`,
  );
}
