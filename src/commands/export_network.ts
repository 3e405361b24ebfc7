import * as z from "zod";
import { writePieces } from "../files/atomic.ts";
import { InputError } from "../files/error.ts";
import { listed } from "../files/listed.ts";
import { outputFile } from "../files/output_file.ts";
import { type Command, command } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { checkpointOption } from "../training/run.ts";
import { writePth } from "../weights/write_pth.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { publishedForm, strideNote } from "./published_form.ts";
import { onnxOf } from "./network_onnx.ts";
import { openTrained } from "./trained_network.ts";

const file = (what: string) => output(z.string().optional().describe(what), "file");

const config = z.strictObject({
  run: z.string()
    .describe("Folder of a run of train segmenter, static, dynamic or classifier"),
  checkpoint: checkpointOption,
  onnx: file("ONNX file to write: images in, class probabilities out, at any size"),
  torch: file(
    "PyTorch file to write, a state_dict: with torchvision's names where torchvision has such a network",
  ),
  safetensors: file("Safetensors file to write, with the same names"),
});

/** Writes a trained network for other programs. */
export const exportNetwork: Command<typeof config> = command({
  name: "export",
  summary: "Write the network of a run as ONNX, or with the names that PyTorch programs use.",
  example: "export --run runs/segmenter --onnx segmenter.onnx",
  config,
  async run({ run, checkpoint, onnx, torch, safetensors }, { device: open, log }) {
    const files = [
      [onnx, ".onnx"],
      [torch, ".pth", ".pt", ".bin"],
      [safetensors, ".safetensors"],
    ].filter((file): file is [string, ...string[]] => file[0] !== undefined);
    if (files.length === 0) {
      throw new InputError(
        "Cannot export: no file is named. Give --onnx, --torch or --safetensors.",
      );
    }
    for (const [path, ...endings] of files) await outputFile(path, endings);
    const device = await open();
    using network = await openTrained(device, run, checkpoint);
    const { kind, options, classes } = network;
    log(`A ${kind} on ${options.network}, classes ${listed(classes, 6)}`);
    if (onnx !== undefined) {
      await writePieces(onnx, await onnxOf(device, network));
      const names = network.outputs.map(({ name }) => name).join(", ");
      log(`ONNX, image to ${names}: ${onnx}`);
    }
    if (torch === undefined && safetensors === undefined) return;
    const { tensors, names } = await publishedForm(network);
    if (torch !== undefined) await writePth(torch, tensors);
    const notes = { network: options.network, classes: JSON.stringify(classes) };
    const { variant } = options;
    if (safetensors !== undefined) {
      await writeSafetensors(safetensors, tensors, { ...notes, ...(variant && { variant }) });
    }
    for (const path of [torch, safetensors]) {
      if (path !== undefined) log(`${tensors.size} tensors, ${names}: ${path}`);
    }
    const note = strideNote(options);
    if (note !== undefined) log(note);
  },
});
