import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import * as z from "zod";
import { InputError } from "../files/error.ts";
import { readOptions } from "./flags.ts";
import { command } from "./command.ts";

const sample = command({
  name: "train sample",
  summary: "Trains a sample.",
  example: "train sample --data photographs",
  config: z.strictObject({
    data: z.string().describe("Folder of photographs"),
    imageSize: z.int().min(8).default(64).describe("Side in pixels"),
    rate: z.number().default(0.1).describe("Learning rate"),
    flip: z.boolean().default(true).describe("Mirrors half of the images"),
    scales: z.array(z.number().positive()).default([1, 2]).describe("Scales"),
    encoder: z.enum(["compact", "mobilenet"]).default("compact").describe("Encoder"),
    limit: z.int().nullable().default(null).describe("Number of images"),
    weight: z.union([z.number(), z.literal("auto")]).optional().describe("Weight"),
    crop: z.tuple([z.int(), z.int()]).optional().describe("Height and width"),
    crf: z.strictObject({
      steps: z.int().default(10).describe("Iterations"),
      outputStride: z.int().default(8).describe("Stride"),
    }).prefault({}),
  }),
  run: () => Promise.resolve(),
});

const read = (...args: string[]) => readOptions(sample, args, "henka").config;
const refused = (message: string, ...args: string[]) =>
  assertThrows(() => read(...args), InputError, message);

Deno.test("readOptions fills in the defaults of the schema", () => {
  assertEquals(read("--data", "d"), {
    data: "d",
    imageSize: 64,
    rate: 0.1,
    flip: true,
    scales: [1, 2],
    encoder: "compact",
    limit: null,
    crf: { steps: 10, outputStride: 8 },
  });
});

Deno.test("readOptions reads numbers, truth values, lists, enums and nested flags", () => {
  const config = read(
    ...["--data=d", "--image-size", "256", "--rate", "-1e-3", "--no-flip", "--scales", "0.5,1"],
    ...["--scales", "3", "--encoder", "mobilenet", "--limit", "7", "--crop", "3,5"],
    ...["--crf.output-stride", "16"],
  );
  assertEquals(config, {
    data: "d",
    imageSize: 256,
    rate: -1e-3,
    flip: false,
    scales: [0.5, 1, 3],
    encoder: "mobilenet",
    limit: 7,
    crop: [3, 5],
    crf: { steps: 10, outputStride: 16 },
  });
});

Deno.test("readOptions keeps a number-like text a text, and reads none as null", () => {
  const config = read("--data", "007", "--limit", "none");
  assertEquals([config.data, config.limit], ["007", null]);
});

Deno.test("readOptions takes flags over the file, and the file over the defaults", () => {
  const path = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    const file = { data: "f", imageSize: 32, flip: false, crf: { steps: 3 } };
    Deno.writeTextFileSync(path, JSON.stringify(file));
    const config = read("--config", path, "--image-size", "128", "--crf.output-stride", "4");
    assertEquals([config.data, config.imageSize, config.flip], ["f", 128, false]);
    assertEquals(config.crf, { steps: 3, outputStride: 4 });

    Deno.writeTextFileSync(path, JSON.stringify({ data: "f", imagesize: 3 }));
    refused(
      `Cannot use "imagesize" of ${path}: no such option. Did you mean "imageSize"?`,
      "--config",
      path,
    );
    const inFile = (text: string, message: string) => {
      Deno.writeTextFileSync(path, text);
      const { message: line } = assertThrows(
        () => read("--config", path, "--crf.steps", "3"),
        InputError,
      );
      assertEquals(
        line.startsWith(message) && line.length < 250 && !line.includes("\n"),
        true,
        line,
      );
    };
    inFile("{", `Cannot read ${path}: it is no JSON (`);
    inFile("", `Cannot read ${path}: it is no JSON (`);
    for (const text of ["null", "3", "[]"]) {
      inFile(text, `Cannot use ${path}: it is no JSON object of options. Write one like `);
    }
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    inFile(deep, `Cannot use ${path}: it is no JSON object of options.`);
    inFile(`{ "data": ${deep} }`, `Cannot use --data [[...]] of ${path}: `);
    inFile(
      `{ "data": "d", "imageSize": "big" }`,
      `Cannot use --image-size big of ${path}: expected`,
    );
    inFile(`{ "data": "d", "crf": 5 }`, `Cannot use "crf" of ${path}: expected object`);
  } finally {
    Deno.removeSync(path);
  }
  refused(`Cannot read ${path}: no such file. Check the path.`, "--config", path);
  const project = (...args: string[]) =>
    assertThrows(
      () => readOptions(sample, args, "henka", { data: "d", crf: 5, imageSize: "big" }),
      InputError,
    ).message;
  assertMatch(project("--crf.steps", "3"), /^Cannot use --image-size big of henka\.json: expected/);
  assertMatch(project("--image-size", "9"), /^Cannot use "crf" of henka\.json: expected object/);
});

Deno.test("readOptions names the nearest flag to an unknown one", () => {
  refused(
    "Cannot use --image-sise: train sample has no such option. Did you mean --image-size?",
    ...["--data", "d", "--image-sise", "3"],
  );
  refused("Did you mean --flip?", "--data", "d", "--no-flop");
  refused("Did you mean --crf.steps?", "--data", "d", "--steps", "3");
  refused('See "henka train sample --help".', "--data", "d", "--entirely-other");
  refused("Cannot use -x: ", "--data", "d", "-x");
});

Deno.test("readOptions refuses stray words, missing and wrong values", () => {
  refused('Cannot use "stray": options are given by name.', "--data", "d", "stray");
  const scales = ["--data", "d", "--scales", "1", "2"];
  refused('Cannot use "2": options are given by name. Write --scales 1,2.', ...scales);
  refused("Cannot run train sample: --data must be given.");
  refused("Cannot use --data: it has no value.", "--data");
  refused("Cannot use --data: it has no value.", "--data", "");
  refused("Cannot use --weight none: expected N|auto.", "--data", "d", "--weight", "none");
  refused("Cannot use --image-size large: expected number", "--data", "d", "--image-size", "large");
  refused("Cannot use --image-size 4: expected number to be >=8", "--data=d", "--image-size=4");
  refused("Cannot use --encoder vgg: ", "--data", "d", "--encoder", "vgg");
  refused("Cannot use --crf.steps 1.5: ", "--data", "d", "--crf.steps", "1.5");
  refused("Cannot use --scales -3: ", "--data", "d", "--scales", "1,-3");
});

Deno.test("readOptions asks for what may be a word alone as a word", () => {
  const worded = command({ ...sample, argument: "data" });
  const asked = assertThrows(() => readOptions(worded, [], "henka"), InputError);
  assertEquals(
    asked.message,
    'Cannot run train sample: DATA must be given, as in "henka train sample --data photographs". See ' +
      '"henka train sample --help".',
  );
  const choice = command({ ...sample, argument: "encoder" });
  const { message } = assertThrows(
    () => readOptions(choice, ["vgg", "--data", "d"], "henka"),
    InputError,
  );
  assertMatch(message, /^Cannot use vgg: expected one of "compact"/);
});

Deno.test("readOptions reads the flags of every command", () => {
  const { profile, quiet } = readOptions(sample, ["--data", "d", "--profile"], "henka");
  assertEquals([profile, quiet], [true, false]);
});
