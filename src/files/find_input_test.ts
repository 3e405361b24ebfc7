import { assertEquals, assertRejects } from "@std/assert";
import { join, resolve } from "@std/path";
import { within, withSet } from "../../tests/files.ts";
import { InputError } from "./error.ts";
import { findInput } from "./find_input.ts";

Deno.test("an input is found as it was given, or else inside the data folder", async () => {
  const input = (path: string, kind?: "file" | "folder") => {
    return { what: "masks", path, root: "set", kind, remedy: "Give another." };
  };
  const find = async (path: string, kind?: "file" | "folder") =>
    (await findInput(input(path, kind))).path;
  const inside = (...names: string[]) => join("set", ...names);
  const test = async () => {
    assertEquals(await find("masks", "folder"), inside("masks"));
    assertEquals(await find("labels.txt"), inside("labels.txt"));
    // The same path from the working folder comes first.
    assertEquals(await find("given", "folder"), inside("given"));
    await Deno.mkdir("given");
    assertEquals(await findInput(input("given", "folder")), {
      path: "given",
      leftOut: [`the masks ${inside("given")}, because given is there`],
    });
    await Deno.rename(inside("given"), inside("other"));
    await Deno.symlink(resolve("given"), inside("given"));
    assertEquals((await findInput(input("given"))).leftOut, [], "they are the same");
    await Deno.remove(inside("given"));
    await Deno.rename(inside("other"), inside("given"));
    // A file in the place of a folder does not count.
    await Deno.remove("given");
    await Deno.writeTextFile("given", "");
    assertEquals(await find("given", "folder"), inside("given"));
    assertEquals(await find(resolve("set", "masks")), resolve("set", "masks"));
    const refused = (path: string, kind: "file" | "folder" | undefined, reason: string) =>
      assertRejects(
        () => find(path, kind),
        InputError,
        `Cannot find the masks ${path}: ${reason}. Give another.`,
      );
    await refused("none", "folder", `neither none nor ${inside("none")} is a folder`);
    await refused("none", undefined, `neither none nor ${inside("none")} is there`);
    await refused("masks", "file", `neither masks nor ${inside("masks")} is a file`);
    await refused(resolve("none"), undefined, "nothing is there");
    await assertRejects(
      () => findInput({ what: "list", path: "none", root: ".", kind: "file", remedy: "" }),
      InputError,
      "Cannot find the list none: it is no file.",
    );
  };
  await withSet({
    "set/masks/a.png": undefined,
    "set/given/a.png": undefined,
    "set/labels.txt": "",
  }, (folder) => within(folder, test));
});
