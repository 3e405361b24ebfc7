import { assertEquals, assertThrows } from "@std/assert";
import * as z from "zod";
import { within, withSet } from "../../tests/files.ts";
import { InputError } from "../files/error.ts";
import { command } from "./command.ts";
import { projectOptions } from "./project_file.ts";

const make = (name: string, shape: z.core.$ZodLooseShape) =>
  command({ name, summary: "", config: z.strictObject(shape), run: () => Promise.resolve() });
const a = make("train a", {
  data: z.string(),
  epochs: z.int().default(1),
  crf: z.strictObject({ width: z.int() }),
});
const b = make("refine", { data: z.string(), bias: z.number().default(0) });

const read = (content: unknown, of: typeof a = a) => {
  let found: ReturnType<typeof projectOptions> | undefined;
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return withSet({ "henka.json": text }, (root) =>
    within(root, () => {
      found = projectOptions(of, [a, b]);
      return Promise.resolve();
    })).then(() => found!);
};

Deno.test("henka.json: what is for the command alone comes before what is for its family, and for all", async () => {
  const file = {
    "train a": { epochs: 3 },
    all: { data: "x", epochs: 1, bias: 1 },
    train: { epochs: 2, crf: { width: 5 } },
  };
  assertEquals(await read(file), {
    options: { data: "x", epochs: 3, crf: { width: 5 } },
    line: 'Options of henka.json: --data x --epochs 3 --crf {"width":5}',
  });
  assertEquals((await read(file, b)).options, { data: "x", bias: 1 });
  assertEquals(await read({ refine: { bias: 1 } }), { options: {}, line: undefined });
  await withSet({}, (root) =>
    within(root, () => {
      assertEquals(projectOptions(a, [a, b]), { options: {} });
      return Promise.resolve();
    }));
});

Deno.test("henka.json: what it names must exist, whichever command is called", async () => {
  const refused = async (content: unknown, message: string) => {
    const error = await read(content, b).then(() => undefined, (error) => error);
    assertThrows(
      () => {
        throw error;
      },
      InputError,
      message,
    );
  };
  await refused("{", "it is no JSON");
  await refused("[]", "no object");
  await refused(
    { "trian a": {} },
    'Cannot use "trian a" of henka.json: there is no such command. Did you mean',
  );
  await refused(
    { all: { dta: "x" } },
    'Cannot use "all: dta" of henka.json: no such option. Did you mean "data"?',
  );
  await refused({ "train a": { bias: 1 } }, 'Cannot use "train a: bias"');
  await refused({ all: 3 }, "Cannot use all of henka.json");
});
