import { assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../tests/files.ts";
import { requireApart } from "./require_apart.ts";

Deno.test("requireApart: a folder of what is read is refused, by any of its names", async () => {
  await withSet({ "photos/cat/1.png": undefined, "masks/a.png": undefined }, async (root) => {
    const at = (path: string) => join(root, path);
    await Deno.symlink(at("photos/cat"), at("link"));
    const read = [at("photos/cat/1.png"), at("masks/a.png")];
    for (const path of ["photos/cat/1.png", "link/x.png", "masks/../masks/b.png"]) {
      assertMatch(await refusal(() => requireApart([at(path)], read)), /files that are read/);
    }
    await requireApart([at("photos/1.png"), at("out/cat/1.png"), at("a.png")], read);
  });
});
