import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
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

const bash = await new Deno.Command("bash", { args: ["--version"], stdout: "null", stderr: "null" })
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: "completions: bash offers commands word by word, flags, words of a value, and else files",
  ignore: !bash,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(join(folder, "photos.txt"), "");
      const first = await offered(folder, "");
      assert(
        ["demo", "train", "export", "import"].every((word) => first.includes(word)),
        first.join(),
      );
      assertEquals(await offered(folder, "train", "st"), ["static"]);
      assert((await offered(folder, "export", "")).includes("masks"));
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

Deno.test("completions: fish and zsh know every command and option too", () => {
  const fish = completionScript("fish", commands);
  assertStringIncludes(fish, "__henka_is train static' -l epochs");
  assertStringIncludes(completionScript("zsh", commands), "bashcompinit\n_henka()");
});
