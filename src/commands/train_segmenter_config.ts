import * as z from "zod";
import { dataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { baselineOptions } from "../segmentation/losses/baselines.ts";
import { certainOption, certainShareOption, decisionsOption } from "../options/certain_options.ts";
import { losses } from "../segmentation/losses/losses.ts";
import { networkOptions } from "../options/network_options.ts";
import { augmentOptions, cosineOptions, trainingOptions } from "../options/training_options.ts";

const names = Object.keys(losses) as (keyof typeof losses)[];

const schema = z.strictObject({
  ...dataOptions,
  ...inGroup("masks", {
    masks: z.string().optional().describe(
      "Folder of masks (ID.png) to learn, anywhere or in the data folder; 255 is void",
    ),
    certain: certainOption,
    certainShare: certainShareOption,
    decisions: decisionsOption,
  }),
  ...inGroup("loss", {
    loss: z.enum(names).default("ce").describe(
      "What is learnt: ce, cross-entropy with the masks; from image labels alone mil, size, " +
        "ccnn, em-fixed or em-adapt; from masks of sparse seeds sec or dsrg",
    ),
    ...baselineOptions,
  }),
  ...networkOptions,
  ...inGroup("network", {
    start: z.string().optional()
      .describe("Run of any training whose segmentation network this one begins with"),
  }),
  ...augmentOptions,
  ...trainingOptions,
  ...cosineOptions,
});

/** The options of training a segmenter. */
export const segmenterConfig: typeof schema = schema;

/** The configuration of training a segmenter. */
export type SegmenterConfig = z.output<typeof schema>;
