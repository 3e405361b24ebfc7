import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { addressOf, browserTest } from "../../tests/chromium.ts";
import { html } from "./html.ts";
import { pageData, pageText } from "./page.ts";

browserTest(
  "a page shows what it is given, runs its own script alone and loads nothing",
  async (tab) => {
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "page with ä & blanks.html");
      const name = "</script><script>document.title = 'stolen'</script>";
      const body = html`<main id="main"><h1>${name}</h1>${pageData("data", { name })}
<img src="https://example.invalid/a.png" alt="">
<iframe src="https://example.invalid/b.html" title=""></iframe></main>`;
      const script = 'const { name } = JSON.parse(document.getElementById("data").textContent);' +
        'document.body.dataset.name = name; fetch("https://example.invalid/").catch(() => {});';
      await Deno.writeTextFile(path, pageText({ title: name, body, script }));
      await tab.page.goto(addressOf(path));
      const [title, heading, read] = await tab.page.evaluate(
        "[document.title, document.querySelector('h1').textContent, document.body.dataset.name]",
      ) as string[];
      assertEquals([title, heading, read], [name, name, name]);
      // The picture, the frame and the request, refused before they are sent.
      for (const refused of ["Loading the image", "Framing", "Connecting to"]) {
        assert(tab.errors.some((error) => error.startsWith(refused)), tab.errors.join("\n"));
      }
      assertEquals(tab.requests.filter((url) => url.startsWith("file:")), [addressOf(path)]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
