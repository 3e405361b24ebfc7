import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withSet } from "../../../tests/files.ts";
import { writeMask } from "../../data/masks/mask.ts";
import { Gallery } from "./gallery.ts";

Deno.test("folders of masks that are given come first and once, then those that are found", () =>
  withSet({}, async (root) => {
    const mask = { width: 2, height: 1, data: new Uint8Array(2) };
    for (const name of "abc") await writeMask(join(root, name, "one.png"), mask);
    const items = [{ id: "one", image: join(root, "one.jpg"), mask: join(root, "none.png") }];
    const given = [join(root, "c"), join(root, "a")];
    const gallery = new Gallery({ items, classes: ["background"] }, root, given, new Set("ac"));
    assertEquals(await gallery.summary(), {
      photographs: ["one"],
      folders: [...given, "b"],
      given: given.length,
      classes: ["background"],
      truth: false,
    });
  }));
