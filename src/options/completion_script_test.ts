import { existsSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { hasProgram } from "../../tests/has_program.ts";
import { install } from "../../tests/install.ts";
import { commands } from "../commands/mod.ts";
import { completionScript } from "./completion_script.ts";
import { optionsOf } from "./schema.ts";

/** What bash offers for words, the last of which is being typed. */
async function offered(folder: string, ...words: string[]): Promise<string[]> {
  const script = join(folder, "henka.bash");
  await Deno.writeTextFile(script, completionScript("bash", commands));
  const line = words.map((word) => `'${word}'`).join(" ");
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [
      "--norc",
      "-c",
      `source '${script}'; COMP_WORDS=(henka ${line}); COMP_CWORD=${words.length}; _henka; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    cwd: folder,
  }).output();
  const error = new TextDecoder().decode(stderr);
  assertEquals([code, error], [0, ""]);
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}

/** What a shell prints that runs a script; nothing on its stderr. */
async function printed(shell: string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(shell, { args }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}

for (const shell of ["zsh", "fish"]) await install(shell, () => existsSync(`/usr/bin/${shell}`));
const [bash, zsh, fish] = await Promise.all(["bash", "zsh", "fish"].map(hasProgram));

Deno.test({
  name: "completions: bash offers commands word by word, flags, words of a value, and else files",
  ignore: !bash,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["photos.txt", "mine.zip"]) {
        await Deno.writeTextFile(join(folder, name), "");
      }
      const first = await offered(folder, "");
      assert(
        ["demo", "train", "export", "import"].every((word) => first.includes(word)),
        first.join(),
      );
      assertEquals(await offered(folder, "train", "st"), ["static"]);
      assertEquals(
        await offered(folder, "export", "m"),
        ["masks"],
        "a file would be refused there",
      );
      assertEquals(await offered(folder, "import", "masks", "m"), ["mine.zip"]);
      assertEquals(await offered(folder, "import", "masks", "mine.zip", "m"), []);
      const flags = await offered(folder, "train", "static", "--");
      const known = optionsOf(commands.find(({ name }) => name === "train static")!.config);
      for (const { flag } of known) assert(flags.includes(`--${flag}`), flag);
      assertEquals(await offered(folder, "export", "masks", "--format", "co"), [
        "coco",
        "coco-rle",
        "colours",
      ]);
      assertEquals(await offered(folder, "completions", ""), ["bash", "zsh", "fish"]);
      assertEquals(await offered(folder, "evaluate", "--list", "pho"), ["photos.txt"]);
      assert((await offered(folder, "evaluate", "--j")).includes("--json"));
      assertEquals(await offered(folder, "synth", "--j"), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: `completions: fish offers what bash does, with what it is for${fish ? "" : " (no fish)"}`,
  ignore: !fish,
  fn: async () => {
    const script = await Deno.makeTempFile({ suffix: ".fish" });
    await Deno.writeTextFile(script, completionScript("fish", commands));
    const words = async (line: string) => {
      const lines = await printed("fish", "-N", "-c", `source '${script}'; complete -C '${line}'`);
      return lines.map((line) => line.split("\t")[0]);
    };
    const first = await words("henka ");
    assert(["demo", "train", "export"].every((word) => first.includes(word)), first.join());
    assertEquals(await words("henka train st"), ["static"]);
    assertEquals(await words("henka completions "), ["bash", "fish", "zsh"]);
    assertEquals(await words("henka export masks --out a --format co"), [
      "coco",
      "coco-rle",
      "colours",
    ]);
    assert((await words("henka evaluate --j")).includes("--json"));
    assertEquals(await words("henka export masks --onn"), [], "which is one of export");
    await Deno.remove(script);
  },
});

Deno.test({
  name: `completions: zsh understands what is meant for bash${zsh ? "" : " (no zsh)"}`,
  ignore: !zsh,
  fn: async () => {
    const script = await Deno.makeTempFile({ suffix: ".zsh" });
    // compdef is of the line editor, which is not there.
    await Deno.writeTextFile(script, `compdef() :\n${completionScript("zsh", commands)}`);
    const words = (...typed: string[]) =>
      printed(
        "zsh",
        "-f",
        "-c",
        `source '${script}'; emulate sh -c 'COMP_WORDS=(henka ${
          typed.join(" ")
        }); COMP_CWORD=${typed.length}; _henka; printf "%s\\n" "\${COMPREPLY[@]}"'`,
      );
    assert((await words("train", "st")).includes("static"));
    assert((await words("export", "masks", "--format", "co")).includes("coco-rle"));
    await Deno.remove(script);
  },
});
