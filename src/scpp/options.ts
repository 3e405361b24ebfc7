import * as z from "zod";

/** Options that say which photographs, labels and masks are used. */
export const dataOptions = {
  data: z.string().describe("Folder in VOC layout: JPEGImages, ImageSets/Segmentation, ..."),
  list: z.string().default("train").describe("Name of the list in ImageSets/Segmentation"),
  scores: z.string().optional()
    .describe("Folder of class activation maps (ID.npy) inside the data folder or anywhere"),
  keys: z.enum(["foreground", "classes"]).default("foreground")
    .describe(
      "What key 0 of --scores is, where a file does not say: the first class, or background",
    ),
  backgroundPower: z.number().positive().default(4)
    .describe("Where scores have no background, it is (1 - highest class score)^power"),
  knowledge: z.string().optional().describe(
    "Folder of masks (ID.png) to refine, instead of scores",
  ),
  advice: z.string().optional()
    .describe("Folder of masks (ID.png) to compare with, instead of the CRF of the knowledge"),
  certainty: z.number().gt(0).lt(1).default(0.7)
    .describe("How certain the CRF takes the labels of --knowledge masks to be"),
};

/** Options of the dense CRF that makes the advice; the defaults are PSA's. */
export const crfOptions = {
  crfIterations: z.int().positive().default(10).describe("Mean-field iterations of the CRF"),
  crfSmoothWidth: z.number().positive().default(3).describe(
    "Width of the smoothness kernel, pixels",
  ),
  crfWidth: z.number().positive().default(80)
    .describe("Width in space of the appearance kernel, pixels"),
  crfColourWidth: z.number().positive().default(13)
    .describe("Width in colour of the appearance kernel, 0..255"),
};

/** Options that say what the networks are. */
export const networkOptions = {
  network: z.enum(["encoder-decoder", "mobilenet-v2", "resnet38"]).default("encoder-decoder")
    .describe("Segmentation network; mobilenet-v2 keeps its encoder frozen"),
  weights: z.string().optional().describe("Safetensors file of the encoder's pre-trained weights"),
  width: z.int().positive().default(16).describe("Channels of the encoder-decoder's first level"),
  depth: z.int().positive().default(2).describe("Levels of the encoder-decoder below its maps"),
  widthDivisor: z.int().positive().default(1).describe("Divides every width of resnet38"),
  predictorWidth: z.int().positive().default(64).describe("Channels of the change predictor"),
  imageSize: z.int().min(16).default(256).describe("Side of the square the networks see, pixels"),
};

/** What {@linkcode networkOptions} describe. */
export type NetworkOptions = z.output<z.ZodObject<typeof networkOptions>>;
/** What {@linkcode dataOptions} describe. */
export type DataOptions = z.output<z.ZodObject<typeof dataOptions>>;
/** What {@linkcode crfOptions} describe. */
export type CrfOptions = z.output<z.ZodObject<typeof crfOptions>>;
