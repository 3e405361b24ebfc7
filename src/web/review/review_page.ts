import elements from "../client/elements.js" with { type: "text" };
import masks from "../client/masks.js" with { type: "text" };
import zoom from "../client/zoom.js" with { type: "text" };
import served from "../client/served.css" with { type: "text" };
import drawing from "./drawing.js" with { type: "text" };
import main from "./main.js" with { type: "text" };
import style from "./review.css" with { type: "text" };
import { html } from "../html.ts";
import { pageData, pageText } from "../page.ts";

/** The page of `review`; `data` is what its scripts read. */
export function reviewPage(data: { classes: readonly string[]; method: boolean }): string {
  const script = [elements, masks, zoom, drawing, main].join("\n");
  return pageText({ title: "henka review", style: served + style, script, body: body(data) }, {
    connect: true,
  });
}

const body = (data: { classes: readonly string[]; method: boolean }) =>
  html`
    <header class="bar">
      <h1>henka review</h1>
      <label>Reviewer <input id="reviewer" type="text" size="10" autocomplete="off"></label>
      <progress id="done" max="1" value="0" aria-label="Regions answered"></progress>
      <span id="progress"></span>
      <span id="status" role="status"></span>
      <button id="help" aria-label="Keys and words">?</button>
    </header>
    <main id="main" class="wide review">
      <p id="question" tabindex="-1" aria-live="polite"></p>
      <div class="controls" id="choices" role="group" aria-label="What the region shows">
        <button data-choice="advice"><kbd>a</kbd> Advice <span></span></button>
        <button data-choice="knowledge"><kbd>k</kbd> Knowledge <span></span></button>
        ${data.method &&
          html`
            <button data-choice="method"><kbd>m</kbd> Method <span></span></button>
          `}
        <button data-choice="background"><kbd>b</kbd> Background</button>
        <button data-choice="drawn"><kbd>Enter</kbd> What is drawn</button>
        <button data-choice="skip"><kbd>s</kbd> Skip</button>
        <button id="undo"><kbd>u</kbd> Undo</button>
      </div>
      <div class="controls" role="group" aria-label="Drawing">
        <button id="brush"><kbd>d</kbd> Brush</button>
        <button id="fill"><kbd>f</kbd> Fill</button>
        <label>Class <select id="class"></select></label>
        <label>Size <input id="size" type="range" min="1" max="60" value="8"></label>
        <button id="clear"><kbd>Esc</kbd> Discard</button>
        <button id="outline" aria-pressed="false"><kbd>o</kbd> Outlines</button>
        <button id="hide" aria-pressed="false"><kbd>h</kbd> Hide masks</button>
      </div>
      <div id="panes"></div>
    </main>
    ${pageData("data", data)}
  `;
