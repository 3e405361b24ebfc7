import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../tests/files.ts";
import { findItems } from "./crf_items.ts";

/** What is found, with paths inside of the folder. */
async function found(root: string, images: string, masks: string): Promise<unknown> {
  const at = (folder: string) => join(root, folder);
  const { items, leftOut } = await findItems({
    images: at(images),
    masks: at(masks),
    out: at("out"),
  });
  const short = (path: string) => path.replaceAll(`${root}/`, "");
  return [
    items.map(({ id, image, input, output }) => [id, ...[image, input, output].map(short)]),
    leftOut.map(short),
  ];
}

const names = (files: string[]) => Object.fromEntries(files.map((name) => [name, undefined]));

Deno.test("findItems: in one folder the photograph is what is not the mask", async () => {
  await withSet(
    names(["d/x.png", "d/x.jpg", "d/y.JPEG", "d/y.PNG", "d/z.png", "d/w.jpg"]),
    async (root) => {
      assertEquals(await found(root, "d", "d"), [
        [["x", "d/x.jpg", "d/x.png", "out/x.png"], ["y", "d/y.JPEG", "d/y.PNG", "out/y.png"]],
        ["photographs of d without a mask: w.jpg", "masks of d without a photograph: z.png"],
      ]);
    },
  );
});

Deno.test("findItems: two files that could be meant are refused, both named", async () => {
  const folders = [
    ["a.jpg", "a.jpeg", "m/a.png"],
    ["a.jpg", "a.png", "m/a.png"],
    ["a.jpg", "a.JPG", "m/a.png"],
    ["a.jpg", "m/a.png", "m/a.PNG"],
    ["d/a.jpg", "d/a.jfif", "m/d/a.png"],
  ];
  for (const [first, ...rest] of folders) {
    await withSet(
      names([`i/${first}`, ...rest.map((name) => name.startsWith("m/") ? name : `i/${name}`)]),
      async (root) => {
        const told = await refusal(() => found(root, "i", "m"));
        assertMatch(told, /: a\.\w+ and a\.\w+ have the same name\. Rename one\.$/);
      },
    );
  }
});

Deno.test("findItems: photographs in folders, and names in any case and composition", async () => {
  const files = ["i/cat/1.jpg", "i/b.jpg", "i/caf\u00e9.Jpg", "i/x.jpg/1.jpg", "i/thumbs/1.jpg"];
  const masks = ["m/cat/1.png", "m/b.PNG", "m/cafe\u0301.png", "m/x.png/notes.txt"];
  await withSet(names([...files, ...masks]), async (root) => {
    assertEquals(await found(root, "i", "m"), [[
      ["b", "i/b.jpg", "m/b.PNG", "out/b.png"],
      ["caf\u00e9", "i/caf\u00e9.Jpg", "m/cafe\u0301.png", "out/caf\u00e9.png"],
      ["cat/1", "i/cat/1.jpg", "m/cat/1.png", "out/cat/1.png"],
    ], []]);
  });
});

Deno.test("findItems: output among photographs or masks, and folders that are not there", async () => {
  await withSet(names(["i/a.png", "m/a.png", "n/b.png"]), async (root) => {
    const told = (images: string, masks: string, out: string) =>
      refusal(() =>
        findItems({ images: join(root, images), masks: join(root, masks), out: join(root, out) })
      );
    assertMatch(await told("i", "m", "i"), /the photographs are there/);
    assertMatch(await told("i", "m", "m"), /the masks are there/);
    assertMatch(await told("i", "none", "o"), /none: there is none/);
    assertMatch(await told("i", "n", "o"), /no image of .* has a file ID\.png/);
  });
});
