import * as z from "zod";
import { type Command, command } from "../options/command.ts";
import { type EncoderFile, readEncoder } from "../weights/encoder_file.ts";
import { variants } from "../weights/layouts/variant.ts";

const config = z.strictObject({
  weights: z.string().describe("File of weights, or the name of public ones that were fetched"),
});

/** Says what a file of weights is. */
export const weightsShow: Command<typeof config> = command({
  name: "weights show",
  summary: "Say what a file of weights is, and what it can be used for.",
  example: "weights show resnet50.pth",
  argument: "weights",
  config,
  json: true,
  async run({ weights }, { log, result }) {
    const file = await readEncoder(weights);
    for (const line of linesOf(weights, file)) log(line);
    const { layout, variant, prefix, classifier } = file;
    const classes = classifier?.weight.shape[0] ?? null;
    result?.({ weights, network: layout.network, layout: layout.name, variant, prefix, classes });
  },
});

function linesOf(weights: string, { layout, variant, prefix, classifier }: EncoderFile): string[] {
  const rule = variants[variant ?? "torchvision"];
  const { mean, deviation } = rule.normalisation;
  const symmetric = mean[0] === 0.5;
  const classes = classifier?.weight.shape[0];
  const noDilation = prefix.endsWith("resnet50."); // IRN's ResNet-50
  return [
    `network    ${layout.network}${variant === undefined ? "" : `, variant ${variant}`}`,
    `layout     ${layout.name}'s names` + (prefix === "" ? "" : ` after "${prefix}"`),
    `classes    ${classes ?? "none: it has no class scores"}`,
    `padding    ${
      rule.padding === "both" ? "on all sides" : "strided layers at bottom and right alone"
    }`,
    "images     " +
    (symmetric
      ? "RGB / 127.5 - 1"
      : `RGB / 255, minus ${mean.join(", ")}, divided by ${deviation.join(", ")}`),
    "use        seeds and train: " +
    `--network ${layout.network} --weights ${weights}${noDilation ? " --no-dilate" : ""}`,
  ];
}
