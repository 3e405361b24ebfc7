import { version } from "../../files/version.ts";
import { html, type Markup } from "../../web/html.ts";
import { pageText } from "../../web/page.ts";
import style from "../../web/report.css" with { type: "text" };
import script from "../../web/report.js" with { type: "text" };

/** A part of a report under a heading. */
export interface Section {
  /** The heading. */
  readonly title: string;
  /** What it tells. */
  readonly body: Markup;
}

/** A report as one HTML file that needs nothing else. */
export function reportText(
  of: string,
  sections: readonly Section[],
  leftOut: readonly string[],
): string {
  const all: readonly Section[] = leftOut.length === 0 ? sections : [...sections, {
    title: "What was left out",
    body: html`<ul>${leftOut.map((what) => html`<li>${what}</li>`)}</ul>`,
  }];
  const made = new Date().toISOString().replace("T", " ").replace(/:\d\d\.\d+Z$/, " UTC");
  return pageText({
    title: `Report of ${of}`,
    style,
    script,
    body: html`
      <header>
        <h1>Report of ${of}</h1>
        <p
          class="muted">Made by henka ${version}, ${made}. This file needs no network and no other file.</p>
        <nav class="contents" aria-label="Contents">
          <ul>${all.map(({ title }, i) =>
            html`<li><a href="#part-${i + 1}">${title}</a></li>`
          )}</ul>
        </nav>
      </header>
      <main id="main">
      ${all.map(({ title, body }, i) =>
        html`
          <section id="part-${i + 1}"><h2>${title}</h2>
          ${body}
          </section>
        `
      )}</main>
    `,
  });
}
