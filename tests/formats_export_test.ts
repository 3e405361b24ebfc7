// Masks for other programs, and what is not written over.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { exportMasks } from "../src/commands/export_masks.ts";
import { importMasks } from "../src/commands/import_masks.ts";
import { writeImage } from "../src/data/images/image.ts";
import { zipTree } from "../src/data/formats/file_tree.ts";
import { decodePng } from "../src/data/images/png.ts";
import { readMask, vocPalette, writeMask } from "../src/data/masks/mask.ts";
import { isFile } from "../src/files/is_file.ts";
import { refusal, withSet } from "./files.ts";
import { run, withMasks } from "./formats.ts";

Deno.test("export masks: what is read is not written over", async () => {
  await withMasks(false, async (root, masks) => {
    const data = join(root, "photos");
    const attempt = (format: string, out: string) =>
      refusal(() => run(exportMasks, { masks: join(root, "masks"), data, format, out }));
    const before = await Deno.readFile(join(data, "classes.txt"));
    assertMatch(await attempt("coco", join(data, "classes.txt")), /ends in \.json\./);
    assertMatch(await attempt("cvat", join(data, "classes.txt")), /ends in \.zip\./);
    assertEquals(await Deno.readFile(join(data, "classes.txt")), before);
    assertMatch(await attempt("values", join(root, "masks")), /files that are read are there/);
    await run(exportMasks, {
      masks: join(root, "masks"),
      data,
      format: "cvat",
      out: `${root}/m.zip`,
    });
    const into = { from: join(root, "m.zip"), data, out: data, overwrite: true };
    const photograph = await Deno.readFile(join(data, "a.png"));
    assertMatch(await refusal(() => run(importMasks, into)), /files that are read are there/);
    assertEquals(await Deno.readFile(join(data, "a.png")), photograph);
    for (const [id, mask] of masks) {
      assertEquals((await readMask(join(root, "masks", `${id}.png`))).data, mask.data);
    }
  });
});

Deno.test("export masks --decisions: the masks follow what was decided, and nothing else changes", () =>
  withMasks(true, async (root, masks) => {
    const [data, path, out] = [
      join(root, "photos"),
      join(root, "decided.jsonl"),
      join(root, "out"),
    ];
    const region = { x: 0, y: 0, width: 5, height: 1, area: 5, knowledge: 0, advice: 2 };
    const line = {
      ...{ photograph: "größe", size: [23, 17], region, choice: "advice", reviewer: "a" },
      ...{ labels: [{ class: 2, name: "sea lion", runs: [0, 5] }], time: "2026-01-01T00:00:00Z" },
    };
    await Deno.writeTextFile(path, JSON.stringify(line) + "\n");
    const options = { masks: join(root, "masks"), data, out, format: "values", decisions: path };
    assertStringIncludes(await run(exportMasks, options), "Decisions: 1 by 1 reviewer");
    for (const [id, mask] of masks) {
      const wanted = mask.data.map((c, u) => id === "größe" && u < 5 ? 2 : c);
      const made = await readMask(join(out, `${id}.png`));
      assertEquals([...made.data], [...wanted], id);
    }
    await Deno.writeTextFile(path, JSON.stringify({ ...line, size: [17, 23] }) + "\n");
    const message = await refusal(() => run(exportMasks, { ...options, out: `${out}2` }));
    assertMatch(message, /17 x 23|17x23/);
  }));

Deno.test("export masks: what CVAT, labelme and YOLO refuse or look for elsewhere", () =>
  withSet({ "photos/classes.txt": "cat\ndog: small\n" }, async (root) => {
    const at = (...names: string[]) => join(root, ...names);
    const size = { width: 60, height: 20 };
    // 300 pixels that touch none of their class.
    const data = Uint8Array.from({ length: 1200 }, (_, u) => u % 2 === 0 && u % 120 < 60 ? 1 : 0);
    await writeImage(at("photos", "in", "a.png"), { ...size, data: new Uint8Array(3600) });
    await writeMask(at("masks", "in", "a.png"), { ...size, data });
    const written = async (format: string, out: string) => {
      await run(exportMasks, { masks: at("masks"), data: at("photos"), format, out: at(out) });
      return at(out);
    };
    assertMatch(
      await refusal(() => written("cvat", "a.zip")),
      /Cannot write the class "dog: small"/,
    );
    await Deno.writeTextFile(at("photos", "classes.txt"), "cat\n");
    const files = zipTree(await Deno.readFile(await written("cvat", "a.zip")), "a.zip");
    const objects = decodePng(await files.get("SegmentationObject/in/a.png")!()).samples;
    const colours = new Set(
      Array.from(data, (_, u) => `${objects.subarray(3 * u, 3 * u + 3)}`),
    );
    assertEquals(colours.size, 256, "the background and 255 objects, one of the smallest 46");
    assert([...colours].every((text) => vocPalette.some((colour) => `${colour}` === text)));
    const { imagePath } = JSON.parse(
      await Deno.readTextFile(join(await written("labelme", "lab"), "in", "a.json")),
    );
    assert(await isFile(at("lab", "in", imagePath)), imagePath);
    assert(
      !(await Deno.readTextFile(join(await written("yolo", "y"), "data.yaml"))).includes("path:"),
    );
  }));
