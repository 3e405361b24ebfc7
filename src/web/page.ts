import style from "./page.css" with { type: "text" };
import { type Content, html, Markup } from "./html.ts";

/** A page that needs nothing but itself: no file, no network. */
export interface Page {
  /** What the tab of the browser says. */
  readonly title: string;
  /** Style besides that of every page. */
  readonly style?: string;
  /** Script, run when the page is there. */
  readonly script?: string;
  /** What the page shows: its header, `main` and so on. */
  readonly body: Content;
}

/**
 * A page as the text of an HTML file. Its own policy forbids it to load anything: pictures come as data,
 * style and script stand in it. `connect` allows requests to the server that it comes from.
 */
export function pageText(
  { title, style: own = "", script, body }: Page,
  { connect = false }: { readonly connect?: boolean } = {},
): string {
  const self = connect ? " 'self'" : "";
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " +
    `img-src data:${connect ? " blob:" : ""}${self}; connect-src ${
      connect ? "'self'" : "'none'"
    }; ` +
    "base-uri 'none'; form-action 'none'";
  return `<!DOCTYPE html>\n${html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <link rel="icon" href="data:,">
        <title>${title}</title>
        <style>
    ${new Markup(style + own)}</style>
      </head>
      <body>
    <a class="skip" href="#main">Skip to the content</a>
    ${body}
    ${script !== undefined && new Markup(`<script type="module">\n${inScript(script)}</script>`)}
      </body>
    </html>
  `}`;
}

/** Data that a script of the page reads: `JSON.parse(document.getElementById(id).textContent)`. */
export function pageData(id: string, value: unknown): Markup {
  const text = JSON.stringify(value).replaceAll("<", "\\u003c");
  return html`<script type="application/json" id="${id}">${new Markup(text)}</script>`;
}

/** A script that cannot end the element around it. */
function inScript(text: string): string {
  return text.replaceAll("</script", "<\\/script");
}
