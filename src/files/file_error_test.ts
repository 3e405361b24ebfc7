import { assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { writeAtomic } from "./atomic.ts";
import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";
import { makeFolder } from "./make_folder.ts";
import { readBytes } from "./read_bytes.ts";

Deno.test({
  name: "fileError: a full disk",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const error = await assertRejects(() => Deno.writeFile("/dev/full", new Uint8Array(1)));
    const found = fileError("write", "out/m.png", error) as Error;
    assertEquals(
      found.message,
      "Cannot write out/m.png: no space is left on the disk. Free some space or choose another folder.",
    );
    assertEquals(found.name, "InputError");
  },
});

Deno.test("fileError: what the system calls by other codes; the rest is passed on", () => {
  const message = (code: string) =>
    (fileError("write", "x", Object.assign(new Error(), { code })) as Error).message;
  assertMatch(message("EACCES"), /permission denied/);
  assertMatch(message("EROFS"), /read-only/);
  assertMatch(message("EDQUOT"), /no space/);
  assertMatch(message("ENAMETOOLONG"), /too long/);
  assertMatch(message("EEXIST"), /a file of that name is there/);
  const other = new TypeError("x");
  assertStrictEquals(fileError("read", "x", other), other);
});

Deno.test("makeFolder: a folder in a folder, again, and where a file is", async () => {
  const folder = await Deno.makeTempDir();
  await makeFolder(`${folder}/a/b`);
  await makeFolder(`${folder}/a/b`);
  await Deno.writeTextFile(`${folder}/c`, "");
  await assertRejects(
    () => makeFolder(`${folder}/c`),
    InputError,
    `Cannot write ${folder}/c: a file`,
  );
  await assertRejects(() => makeFolder(`${folder}/c/d`), InputError, "is a file, not a folder");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readBytes: a file where a folder should be", async () => {
  const file = fromFileUrl(import.meta.url);
  await assertRejects(() => readBytes(`${file}/x`), InputError, "is a file, not a folder");
});

Deno.test("writeAtomic: a failed write leaves the old file and nothing else", async () => {
  const folder = await Deno.makeTempDir();
  await writeAtomic(`${folder}/a.txt`, "old");
  await Deno.mkdir(`${folder}/b`);
  await Deno.writeTextFile(`${folder}/b/c`, "");
  // Renaming onto a folder fails after the temporary file was written.
  await assertRejects(() => writeAtomic(`${folder}/b`, "new"), InputError, `${folder}/b`);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a.txt", "b"]);
  await Promise.all(Array.from({ length: 20 }, (_, i) => writeAtomic(`${folder}/a.txt`, `${i}`)));
  assertMatch(await Deno.readTextFile(`${folder}/a.txt`), /^\d+$/);
  assertEquals([...Deno.readDirSync(folder)].length, 2);
  await Deno.remove(folder, { recursive: true });
});
