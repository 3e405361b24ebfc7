import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readOptions } from "../../options/flags.ts";
import { compare } from "./compare.ts";
import { variantOf } from "./config.ts";
import { methodsOf } from "./methods.ts";

const docs = new URL("../../../docs/", import.meta.url);

Deno.test("the configurations in docs are understood, with flags beside them", () => {
  const files = [...Deno.readDirSync(docs)].map(({ name }) => name)
    .filter((name) => /^compare-.*\.json$/.test(name)).sort();
  assertEquals(files, [
    "compare-background.json",
    "compare-certain.json",
    "compare-literature.json",
    "compare-photographs.json",
    "compare-scales.json",
    "compare-synthetic.json",
    "compare-trained.json",
  ]);
  for (const file of files) {
    const path = fromFileUrl(new URL(file, docs));
    const args = ["--config", path, "--scores", "cam", "--resamples", "7"];
    const { config } = readOptions(compare, args, "henka");
    assertEquals(config.resamples, 7);
    assert(methodsOf(config).length > 0 || config.ladder, file);
  }
});

Deno.test("a variant's options take the place of the comparison's, step by step", () => {
  const config = compare.config.parse({
    ...{ out: "o", epochs: 3, batch: 2, static: { balance: "plain" }, refine: { batch: 4 } },
    variants: [{ name: "v", options: { epochs: 5, refine: { mirror: true } } }],
  });
  const { epochs, batch, static: own, refine, segment, out }: Record<string, unknown> = variantOf(
    config,
    config.variants[0],
  );
  assertEquals([epochs, batch, own, out], [5, 2, { balance: "plain" }, "o"]);
  assertEquals([refine, segment], [{ batch: 4, mirror: true }, undefined]);
});
