import * as z from "zod";
import { InputError } from "../files/error.ts";
import { outputFile } from "../files/output_file.ts";
import { realPath } from "../files/require_apart.ts";
import { type Command, command } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { type EncoderFile, encoderNotes, readEncoder } from "../weights/encoder_file.ts";
import { headsOf } from "../weights/layouts/heads.ts";
import { faultOf } from "../weights/layouts/shapes.ts";
import { readWeights } from "../weights/read_weights.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { weightsFile } from "../weights/weights_cache.ts";
import { changeLines, headNames, weightsLines } from "./weights_lines.ts";

const config = z.strictObject({
  file: z.string().describe("File of weights, or the name of public ones that were fetched"),
  prefix: z.string().optional().describe(
    "What stands before the names of the encoder that is meant, where a file has several",
  ),
  to: output(
    z.string().optional().describe("Safetensors file to write: the encoder with henka's names"),
    "file",
  ),
});

/** Says what a file of weights is, and writes it with our names. */
export const weights: Command<typeof config> = command({
  name: "weights",
  summary: "Say what a file of weights is and what it can be used for; convert it.",
  example: "weights resnet50.pth --to resnet50.safetensors",
  argument: "file",
  config,
  json: true,
  async run({ file, prefix, to }, { log, result }) {
    if (to !== undefined) await outputFile(to, [".safetensors"]);
    // SSDD keeps its change predictors in a file of their own.
    const path = await weightsFile(file);
    const [read, changes] = await readEncoder(file, undefined, undefined, prefix).then(
      (encoder) => [encoder, encoder.heads.changes] as const,
      async (error) => {
        const { changes } = headsOf(await readWeights(path).catch(() => Promise.reject(error)));
        if (to !== undefined || !changes.some(Boolean)) throw error;
        return [undefined, changes] as const;
      },
    );
    // One of several encoders is of use in a file of its own.
    const own = prefix === undefined ? file : to ?? "OUT.safetensors (of --to)";
    const lines = read ? weightsLines(own, read) : [];
    for (const line of [...lines, ...changeLines(file, changes)]) log(line);
    if (to !== undefined && read) await convert(read, to, log);
    result?.({
      weights: file,
      network: read?.layout.network,
      layout: read?.layout.name,
      variant: read?.variant,
      prefix: read?.prefix,
      others: read?.others,
      classes: read?.classifier?.weight.shape[0] ?? null,
      notRead: read?.leftOut,
      ...{ affinity: read?.heads.affinity, main: read?.heads.main, sub: read?.heads.sub, changes },
    });
  },
});

/** Writes an encoder's weights with our names, its class scores, and a note of what they are. */
async function convert(
  { layout, variant, undilated, outputStride, tensors, classifier, path, heads }: EncoderFile,
  to: string,
  log: (line: string) => void,
): Promise<void> {
  if (await realPath(to) === await realPath(path)) {
    throw new InputError(`Cannot write ${to}: it is the file that is read. Give another --to.`);
  }
  const { network, name } = layout;
  const fault = faultOf(network, tensors);
  if (fault !== undefined) {
    throw new InputError(`Cannot convert ${path}: ${fault}. Give other weights.`);
  }
  const all = new Map(tensors);
  const head = network === "resnet38" ? "fc8" : network === "mobilenet-v2" ? "classifier" : "fc";
  if (classifier) all.set(`${head}.weight`, classifier.weight);
  if (classifier?.bias) all.set(`${head}.bias`, classifier.bias);
  const notes = encoderNotes({ variant, dilate: !undilated, outputStride });
  await writeSafetensors(to, all, { network, layout: name, ...notes });
  log(`The encoder${classifier ? " and its class scores are" : " is"} in ${to}`);
  const left = headNames(heads);
  if (left.length > 0) log(`Left out: ${left.join(", ")}; in ${path} alone`);
}
