import { assertEquals, assertRejects } from "@std/assert";
import { join, relative } from "@std/path";
import { InputError } from "./error.ts";
import { findInput } from "./find_input.ts";

Deno.test("an input is found as it was given, or else inside the data folder", async () => {
  const folder = await Deno.makeTempDir();
  const at = (...names: string[]) => join(folder, ...names);
  const root = at("set");
  const input = (path: string, kind?: "file" | "folder") => {
    return { what: "masks", path, root, kind, remedy: "Give another." };
  };
  const find = async (path: string, kind?: "file" | "folder") =>
    (await findInput(input(path, kind))).path;
  try {
    await Deno.mkdir(at("set", "masks"), { recursive: true });
    await Deno.writeTextFile(at("set", "labels.txt"), "");
    assertEquals(await find("masks", "folder"), at("set", "masks"));
    assertEquals(await find("labels.txt"), at("set", "labels.txt"));
    // The same path from the working folder comes first.
    const given = relative(Deno.cwd(), at("given"));
    await Deno.mkdir(join(root, given), { recursive: true });
    assertEquals(await find(given, "folder"), join(root, given));
    await Deno.mkdir(at("given"));
    assertEquals(await findInput(input(given, "folder")), {
      path: given,
      leftOut: [`the masks ${join(root, given)}, because ${given} is there`],
    });
    await Deno.remove(join(root, given));
    await Deno.symlink(at("given"), join(root, given));
    assertEquals((await findInput(input(given))).leftOut, [], "they are the same");
    await Deno.remove(join(root, given));
    await Deno.mkdir(join(root, given));
    // A file in the place of a folder does not count.
    await Deno.remove(at("given"));
    await Deno.writeTextFile(at("given"), "");
    assertEquals(await find(given, "folder"), join(root, given));
    assertEquals(await find(at("set", "masks")), at("set", "masks"));
    const refused = (path: string, kind: "file" | "folder" | undefined, reason: string) =>
      assertRejects(
        () => find(path, kind),
        InputError,
        `Cannot find the masks ${path}: ${reason}. Give another.`,
      );
    await refused("none", "folder", `neither none nor ${join(root, "none")} is a folder`);
    await refused("none", undefined, `neither none nor ${join(root, "none")} is there`);
    await refused("masks", "file", `neither masks nor ${join(root, "masks")} is a file`);
    await refused(at("none"), undefined, "nothing is there");
    await assertRejects(
      () => findInput({ what: "list", path: "none", root: ".", kind: "file", remedy: "" }),
      InputError,
      "Cannot find the list none: it is no file.",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
