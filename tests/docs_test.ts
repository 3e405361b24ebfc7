// The pages tell of what is there: links, paths of files, commands and their options.
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import project from "../deno.json" with { type: "json" };
import { commands } from "../src/commands/mod.ts";
import { InputError } from "../src/files/error.ts";
import { findCommand } from "../src/options/find_command.ts";
import { commonFlags, readOptions } from "../src/options/flags.ts";
import { renamed } from "../src/options/renamed.ts";
import { flagOf, optionsOf } from "../src/options/schema.ts";

const root = fromFileUrl(new URL("../", import.meta.url));

/** Every file below a folder of the project, by its path from the project's root. */
function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    return isDirectory ? filesBelow(path) : [path];
  });
}

const files = ["src", "tests", "tools", "bench", "docs", "types"].flatMap(filesBelow);
const pages = ["README.md", "CHANGELOG.md", ...files.filter((path) => path.endsWith(".md"))];

/** The text of a page; its changelog tells of what is no more, too. */
const textOf = (page: string) => Deno.readTextFileSync(join(root, page));
const today = pages.filter((page) => page !== "CHANGELOG.md");

/** What `faultsOf` finds in each page, after the page's name. */
function faultsIn(pages: readonly string[], faultsOf: (text: string, page: string) => string[]) {
  return pages.flatMap((page) => faultsOf(textOf(page), page).map((fault) => `${page}: ${fault}`));
}

/** The text without blocks of code. */
const prose = (text: string) => text.replace(/^(```|~~~)[^]*?^\1$/gm, "").replace(/^ {4}.*$/gm, "");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...prose(textOf(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

Deno.test("every link in the pages leads to a file, and to a heading in it", () => {
  const faults = faultsIn(
    pages,
    (text, page) =>
      [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link)
        .filter((link) => !/^\w+:/.test(link))
        .filter((link) => {
          const [path, anchor] = link.split("#");
          const target = path === "" ? page : join(dirname(page), path);
          const known = target === "LICENSE" || pages.includes(target) || files.includes(target);
          return !known || anchor !== undefined && !anchorsOf(target).includes(anchor);
        }),
  );
  assertEquals(faults, []);
});

Deno.test("the README leads to every page", () => {
  const readme = textOf("README.md");
  const missing = pages.filter((page) => page.startsWith("docs/") && !readme.includes(`(${page})`));
  assertEquals(missing, []);
});

/** What stands between backticks, outside blocks of code. */
const quoted = (text: string) => [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);

Deno.test("every path of the project in the pages is there", () => {
  const folders = new Set(files.map((path) => dirname(path)));
  const top = ["mod.ts", "cli.ts", "deno.json", "deno.lock"];
  const faults = faultsIn(today, (text) =>
    quoted(text)
      .map((code) => code.replace(/\/$/, ""))
      .filter((code) =>
        /^(src|tests|tools|bench|types)(\/[\w.]+)*$/.test(code) ||
        /^(docs\/)?[\w/]+\.(ts|wgsl)$/.test(code)
      )
      .filter((path) =>
        !top.includes(path) && !folders.has(path) &&
        !files.some((file) => file === path || file.endsWith(`/${path}`)) &&
        !files.some((file) => dirname(file).startsWith(`${path}/`))
      ));
  assertEquals(faults, []);
});

/** Every line of a shell in a page, whole and without comments: blocks, indented lines, backticks. */
function linesOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block);
  const indented = [...text.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block);
  return [...blocks, ...indented, ...quoted(text).map((code) => `${code}\n`)].flatMap((block) =>
    block.replace(/\\\n/g, " ").split(/\n|&&/).map((line) => line.replace(/(^|\s)#.*$/, "").trim())
  );
}

/** The words of a line, quotes taken off. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c);

/** What is wrong with the words after `deno task`. */
function faultOf(words: readonly string[]): string | undefined {
  if (!(words[0] in project.tasks)) return "no such task";
  const command = findCommand(words, commands);
  const given = words.filter((word) => word !== "...");
  if (command === undefined || given.includes("--help")) return undefined;
  try {
    readOptions(command, given.slice(command.name.split(" ").length), "deno task");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // A page may leave out what is not its matter, or name a file that the reader is to make.
    if (!/must be given|no such file/.test(error.message)) return error.message;
  }
  return undefined;
}

Deno.test("every command line in the pages is understood", () => {
  let count = 0;
  const faults = faultsIn(today, (text) =>
    linesOf(text).flatMap((line) => {
      const [, script] = /^deno run -A (\S+)/.exec(line) ?? [];
      if (script !== undefined && !files.includes(script)) return [`${line}: no such script`];
      const [, called] = /^(?:npx -y deno@[\d.]+|deno) task (.+)$/.exec(line) ?? [];
      if (called === undefined) return [];
      count++;
      const fault = faultOf(wordsOf(called));
      return fault === undefined ? [] : [`${line}: ${fault}`];
    }));
  assertEquals(faults, []);
  assert(count > 50, `${count} command lines were found`);
});

Deno.test("every option that the pages name belongs to a command", () => {
  const flags = new Set([
    ...Object.keys(commonFlags),
    ...commands.flatMap(({ config }) => optionsOf(config).map(({ flag }) => flag)),
    ...["json", "peers", "photographs", "brief", "page"], // of bench
    ...["moments"], // of kill
    ...["array", "export", "gpus-per-task", "gres", "kill-on-bad-exit", "mpi", "ntasks"], // of Slurm
    ...["widths", "colour-widths", "image", "mask"], // of tools/crf_sheet.ts
    ...[
      "allow-read",
      "allow-write",
      "allow-env",
      "allow-ffi",
      "allow-sys",
      "no-prompt",
      "cached-only",
    ], // of deno
  ]);
  const known = (flag: string) => flags.has(flag) || flags.has(flag.replace(/^no-/, ""));
  const faults = faultsIn(
    today,
    (text) =>
      quoted(text).flatMap((code) => [...code.matchAll(/(?<=^|\s)--([a-z][\w.-]*)/g)])
        .map(([, flag]) => flag).filter((flag) => !known(flag)),
  );
  assertEquals(faults, []);
});

Deno.test("every configuration in the pages is understood", () => {
  const blocks = new Map([["docs/compare.md", "compare"], ["docs/seeds.md", "seeds"]]);
  for (const [page, name] of blocks) {
    const texts = [...textOf(page).matchAll(/^```json\n([^]*?)^```$/gm)].map(([, block]) => block);
    const { config } = commands.find((command) => command.name === name)!;
    for (const text of texts) config.parse(JSON.parse(text));
    assert(texts.length > 0, page);
  }
});

Deno.test("the changelog tells the new name of every renamed option", () => {
  const text = textOf("CHANGELOG.md");
  const names = Object.values(renamed).flatMap((keys) => Object.entries(keys)).flat();
  const own = names.filter((key) => !key.includes(".")); // those of a command within are the same
  assert(own.length > 10);
  assertEquals(own.filter((key) => !text.includes(`\`--${flagOf([key])}\``)), []);
});
