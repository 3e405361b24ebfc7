// The entry points of the package: what each promises, and what the lightest of them loads.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import project from "../deno.json" with { type: "json" };

const root = fromFileUrl(new URL("../", import.meta.url));

/** What deno says of a file as JSON. */
async function told(...args: string[]) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  assertEquals(code, 0, args.join(" "));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("every entry point has a module doc with an example, and is in the page of the library", async () => {
  const page = await Deno.readTextFile(`${root}/docs/library.md`);
  for (const [name, path] of Object.entries(project.exports)) {
    const [doc] = (await Deno.readTextFile(`${root}/${path}`)).split("*/");
    assertMatch(doc, /^\/\*\*[^]*@example[^]*```ts\n[^]*@module/, `the module doc of ${path}`);
    const [, entry = "`@henka/henka`"] = /^\.(\/\w+)$/.exec(name) ?? [];
    assert(page.includes(entry), `docs/library.md tells of ${name}`);
  }
});

Deno.test("the main entry point has fewer than 40 names", async () => {
  const { nodes } = await told("doc", "--json", "mod.ts");
  const symbols = Array.isArray(nodes)
    ? nodes
    : Object.values(nodes).flatMap((node) => (node as { symbols: { name: string }[] }).symbols);
  const names = new Set(symbols.map(({ name }: { name: string }) => name));
  assert(names.has("denseCrfLabels") && names.has("Refiner"), [...names].join(" "));
  assert(names.size < 40, `${names.size} names: ${[...names].join(" ")}`);
});

Deno.test("the CRF alone loads fewer than 100 modules, and no photograph's reader", async () => {
  const { modules } = await told("info", "--json", project.exports["./crf"]);
  const own = modules.map(({ specifier }: { specifier: string }) => specifier);
  assert(own.length > 50 && own.length < 100, `${own.length} modules`);
  assert(!own.some((path: string) => /\/src\/(data|options|nn|training)\//.test(path)));
});
