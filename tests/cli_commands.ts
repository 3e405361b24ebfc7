// A command line of made-up commands, each ending in its own way; cli_test.ts runs it.
import * as z from "zod";
import { main } from "../cli.ts";
import { InputError } from "../src/files/error.ts";
import { DeviceError } from "../src/gpu/error.ts";
import { command } from "../src/options/command.ts";

const none = z.strictObject({});
const failing = (name: string, fail: () => Promise<void>) =>
  command({ name, summary: `Fails: ${name}.`, config: none, run: fail });

const train = command({
  name: "train static",
  summary: "Trains.",
  example: "train static --epochs 2",
  config: z.strictObject({
    epochs: z.int().min(1).default(10).describe("Passes over the images"),
    folder: z.string().describe("Folder of photographs"),
  }),
  async run({ epochs, folder }, context) {
    for await (const _ of Deno.readDir(folder));
    const progress = context.progress("train", epochs);
    progress.update(epochs, "loss 0.5");
    progress.done();
    context.log(`trained ${epochs}`);
  },
});

const wait = command({
  name: "wait",
  summary: "Waits to be stopped.",
  config: z.strictObject({ stubborn: z.boolean().default(false).describe("Does not stop") }),
  async run({ stubborn }, { signal, log }) {
    log("waiting");
    const stopped = Promise.withResolvers<void>();
    const timer = setTimeout(stopped.resolve, 20_000);
    if (!stubborn) signal.addEventListener("abort", () => stopped.resolve());
    await stopped.promise;
    clearTimeout(timer);
    log("saved");
    signal.throwIfAborted();
  },
});

const talk = command({
  name: "talk",
  summary: "Says more than a pipe holds, on both streams, and then leaves a file.",
  config: z.strictObject({ mark: z.string().describe("File to write at the end") }),
  async run({ mark }, { log, progress }) {
    for (let i = 0; i < 200; i++) {
      log("x".repeat(2000));
      const shown = progress("talk".repeat(500), 1);
      shown.update(1);
      shown.done();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Deno.writeTextFile(mark, "done");
  },
});

Deno.exit(
  await main(Deno.args, [
    { title: "Training", commands: [train] },
    {
      title: "Endings",
      commands: [
        wait,
        talk,
        failing("mistake", () => Promise.reject(new InputError("Cannot read x: it is not y."))),
        failing("syntax", () => Promise.reject(new SyntaxError("Cannot read a.json: stray comma"))),
        failing("device", () => Promise.reject(new DeviceError("Cannot open a GPU: none"))),
        failing("defect", () => Promise.reject(new RangeError("Cannot slice: 3 > 2"))),
      ],
    },
  ]),
);
