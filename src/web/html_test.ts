import { assertEquals } from "@std/assert";
import { html, Markup } from "./html.ts";

Deno.test("html: what is put in is escaped, markup and lists of it are not", () => {
  const name = `<b title='a'>"&"</b>`;
  const items = ["x", "<y>"].map((item) => html`<li>${item}</li>`);
  assertEquals(
    `${html`<p title="${name}">${name}</p><ul>${items}</ul>${new Markup("<hr>")}`}`,
    '<p title="&#60;b title=&#39;a&#39;&#62;&#34;&#38;&#34;&#60;/b&#62;">' +
      "&#60;b title=&#39;a&#39;&#62;&#34;&#38;&#34;&#60;/b&#62;</p>" +
      "<ul><li>x</li><li>&#60;y&#62;</li></ul><hr>",
  );
  assertEquals(`${html`${0}${false}${undefined}${null}${[[1, "<"]]}`}`, "01&#60;");
});
