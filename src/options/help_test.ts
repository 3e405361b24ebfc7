import { assert, assertEquals } from "@std/assert";
import * as z from "zod";
import { command } from "./command.ts";
import { inGroup } from "./groups.ts";
import { helpText, overview } from "./help.ts";

const sample = command({
  name: "train sample",
  summary: "Trains a sample.",
  example: "train sample --data photographs",
  config: z.strictObject({
    ...inGroup("network", {
      width: z.int().default(16).describe("Channels of the first level"),
      encoder: z.enum(["encoder-decoder", "mobilenet"]).default("mobilenet").describe("Encoder"),
    }),
    flip: z.boolean().default(true).describe("Mirrors half of the photographs"),
    over: z.array(z.string()).default([]).describe("Classes to average over"),
    ...inGroup("data", {
      data: z.string().describe("Folder of photographs"),
      list: z.string().default("train").describe("Name of a list").default("val"),
      sides: z.array(z.int()).optional().describe(
        "Long sides at which a photograph is seen, as many as wanted, in pixels of the photograph",
      ),
    }),
    cam: z.strictObject({
      ...inGroup("data", { scores: z.string().optional().describe("Folder of score maps") }),
    }).prefault({}).describe("Options of cam"),
  }),
  run: () => Promise.resolve(),
});

Deno.test("helpText: what must be given, own options, groups in one order, nested ones; wrapped", () => {
  assertEquals(
    helpText(sample, { program: "henka", columns: 80 }),
    `Trains a sample.

Usage: henka train sample --data TEXT [options]

Example
  henka train sample --data photographs

Must be given
  --data TEXT                 Folder of photographs

Options
  --[no-]flip                 Mirrors half of the photographs (default true)
  --over TEXT,...             Classes to average over

Data
  --list TEXT                 Name of a list (default val)
  --sides N,...               Long sides at which a photograph is seen, as many
                              as wanted, in pixels of the photograph

Network
  --width N                   Channels of the first level (default 16)
  --encoder encoder-decoder|mobilenet
                              Encoder (default mobilenet)

Options of cam
  --cam.scores TEXT           Folder of score maps

Options of every command
  --config FILE               Reads options from a JSON file; flags given beside
                              it come first
  --help                      Prints this text
  --no-tune                   Measures no kernels: takes those that are usual,
                              even where others were faster
  --profile                   Prints the time spent in every GPU kernel at the
                              end
  --quiet                     Shows no progress
  --require-gpu               Refuses to run on a software adapter`,
  );
  const lines = helpText(sample, { program: "deno task", columns: 100 }).split("\n");
  assert(lines.includes("  deno task train sample --data photographs"));
  assert(lines.every((line) => line.length <= 100));
});

Deno.test("overview: the commands by purpose", () => {
  const groups = [
    { title: "Training", commands: [sample] },
    { title: "Others", commands: [{ ...sample, name: "cam", summary: "Writes maps." }] },
  ];
  assertEquals(
    overview(groups, { program: "deno task", columns: 80 }),
    `Usage: deno task COMMAND [options]

Training
  train sample   Trains a sample.

Others
  cam            Writes maps.

"deno task COMMAND --help" tells the options of a command.`,
  );
});
