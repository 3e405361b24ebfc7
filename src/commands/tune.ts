import * as z from "zod";
import type { Device } from "../gpu/mod.ts";
import { type Command, command } from "../options/command.ts";
import { inGroup } from "../options/groups.ts";
import { networkOptions } from "../options/network_options.ts";
import { choicesOf, tuneMissing } from "../options/tuning.ts";
import { buildSegmenter, checkNetworkOptions, scaledSide } from "../segmentation/networks.ts";
import { rehearseSegmenter } from "../segmentation/rehearse.ts";

const { weights: _, variant: __, ...network } = networkOptions;

const config = z.strictObject({
  ...network,
  ...inGroup("network", {
    classes: z.int().min(2).default(21).describe("Classes that it tells apart, with background"),
    scales: z.array(z.number().positive().max(8)).min(1).default([1])
      .describe("Scales at which segment will show it photographs"),
    training: z.boolean().default(true).describe("Measure the kernels of its training too"),
    batch: z.int().positive().default(8).describe("Photographs that pass through it at once"),
  }),
});

/** Measures the kernels of a segmentation network ahead of time. */
export const tuneCommand: Command<typeof config> = command({
  name: "tune",
  summary: "Measure on this GPU which kernels are fastest for a segmentation network.",
  example: "tune --network resnet50 --image-size 320 --batch 8",
  config,
  async run(options, context) {
    checkNetworkOptions(options);
    const device = await context.device();
    const { classes, batch, scales, training } = options;
    const reason = whyNot(device);
    if (reason !== undefined) return context.log(reason);
    using segmenter = await buildSegmenter(device, options, classes, 1);
    for (const scale of scales) {
      const side = scaledSide(options, scale);
      rehearseSegmenter(device, segmenter, { batch, side, training: false });
    }
    if (training) {
      rehearseSegmenter(device, segmenter, { batch, side: options.imageSize, training });
    }
    const measured = device.choices.missing.size;
    await tuneMissing(device, context);
    const all = Object.entries(choicesOf(device));
    for (const [name, choice] of all) context.log(`${name}: ${choice}`);
    context.log(`${all.length} classes of shapes, ${measured} of them measured now.`);
  },
});

/** Why nothing can be measured on a device, in one line. */
function whyNot({ texels, software, timed, choices, description }: Device): string | undefined {
  if (texels || software) {
    return `Nothing to measure: ${description} is a program, for which one kernel of each kind is known to be fastest.`;
  }
  if (!timed) {
    return `Nothing to measure: ${description} has no timestamps. The usual kernels are taken.`;
  }
  if (choices.measuring) return undefined;
  return "Nothing is measured: --no-tune or HENKA_TUNE=0 says so, or no folder for it is known.";
}
