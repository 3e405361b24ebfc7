import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { samplePairs } from "../../tests/sample_pairs.ts";
import { maskSamples } from "./mask_samples.ts";

Deno.test("masks of another list of classes are told, those of this one are not", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [photographs, masks] = ["photographs", "masks"].map((name) => join(folder, name));
    for (const path of [photographs, masks]) await Deno.mkdir(path);
    for (const { id, image, knowledge } of await samplePairs(folder, 2)) { // one shows 1, one 2
      await Deno.rename(image, join(photographs, `${id}.png`));
      await Deno.rename(knowledge, join(masks, `${id}.png`));
    }
    const told = async (labels: string) => {
      await Deno.writeTextFile(join(photographs, "image_labels.txt"), labels);
      const lines: string[] = [];
      const { signal } = new AbortController();
      const options = { data: photographs, list: "all" };
      await maskSamples(options, masks, { signal, log: (line) => lines.push(line) });
      return lines.filter((line) => line.startsWith("Masks that"));
    };
    assertEquals(await told("sample0 cat\nsample1 dog\n"), []);
    assertEquals(await told("sample0 dog\nsample1 dog cat\n"), [
      "Masks that show what the image labels exclude: 1 of 2, such as sample0 (cat). Were they made " +
      "with another list of classes? Give it as --classes.",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
