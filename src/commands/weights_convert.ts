import * as z from "zod";
import { outputFile } from "../files/output_file.ts";
import { type Command, command } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { readEncoder } from "../weights/encoder_file.ts";
import { writeSafetensors } from "../weights/safetensors.ts";

const config = z.strictObject({
  weights: z.string().describe("File of weights, or the name of public ones that were fetched"),
  to: output(z.string().describe("Safetensors file to write"), "file"),
});

/** Writes an encoder's weights with our names, and a note of what they are. */
export const weightsConvert: Command<typeof config> = command({
  name: "weights convert",
  summary: "Write the encoder of a file of weights as safetensors with henka's names.",
  example: "weights convert resnet50.pth --to resnet50.safetensors",
  argument: "weights",
  config,
  async run({ weights, to }, { log }) {
    const { layout: { network, name }, variant, tensors, classifier } = await readEncoder(weights);
    await outputFile(to);
    const all = new Map(tensors);
    const head = network === "resnet38" ? "fc8" : network === "mobilenet-v2" ? "classifier" : "fc";
    if (classifier) all.set(`${head}.weight`, classifier.weight);
    if (classifier?.bias) all.set(`${head}.bias`, classifier.bias);
    await writeSafetensors(to, all, { network, layout: name, ...(variant && { variant }) });
    log(`The encoder of ${network} (names of ${name}) is in ${to}`);
  },
});
