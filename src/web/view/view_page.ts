import elements from "../client/elements.js" with { type: "text" };
import masks from "../client/masks.js" with { type: "text" };
import zoom from "../client/zoom.js" with { type: "text" };
import served from "../client/served.css" with { type: "text" };
import compare from "./compare.js" with { type: "text" };
import curves from "./curves.js" with { type: "text" };
import gallery from "./gallery.js" with { type: "text" };
import main from "./main.js" with { type: "text" };
import runs from "./runs.js" with { type: "text" };
import style from "./view.css" with { type: "text" };
import { html } from "../html.ts";
import { pageData, pageText } from "../page.ts";

/** The page of `view`; `data` is what its scripts read. */
export function viewPage(data: object): string {
  const script = [elements, masks, zoom, curves, runs, gallery, compare, main].join("\n");
  return pageText({ title: "henka view", style: served + style, script, body: body(data) }, {
    connect: true,
  });
}

const body = (data: object) =>
  html`
    <header class="bar">
      <h1>henka view</h1>
      <div role="tablist" id="tabs" aria-label="What is shown">
        <button role="tab" id="tab-runs" aria-controls="runs">Runs</button>
        <button role="tab" id="tab-gallery" aria-controls="gallery">Gallery</button>
      </div>
      <span id="status" role="status"></span>
      <button id="help" aria-label="Keys">?</button>
    </header>
    <main id="main" class="wide">
      <section id="runs" role="tabpanel" aria-labelledby="tab-runs">
        <p id="no-runs">No run is under this folder yet. The first one will appear here.</p>
        <div class="scroll">
          <table>
            <caption class="hidden">Runs, the one that wrote last first</caption>
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Done</th>
                <th scope="col" class="number">Steps</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody id="run-rows"></tbody>
          </table>
        </div>
        <div id="curves"></div>
        <div id="previews"></div>
      </section>
      <section id="gallery" role="tabpanel" aria-labelledby="tab-gallery" hidden>
        <div class="controls">
          <label>Masks <select id="folder-a"></select></label>
          <label>and <select id="folder-b"></select></label>
          <button id="do-flip" title="f">Flip</button>
          <button id="do-outline" title="o">Outlines</button>
          <button id="do-single" title="s">One pane</button>
          <label>Opacity <input id="opacity" type="range" min="0.1" max="1" step="0.1" value="0.6">
          </label>
        </div>
        <div id="browse">
          <div class="controls">
            <label>Name <input id="filter-name" type="search" size="12"></label>
            <label>Class
              <select id="filter-class"><option value="">any</option></select></label>
            <label>Changed at least
              <input id="filter-changed" type="range" min="0" max="100" value="0">
              <output id="shown-changed">0 %</output></label>
            <label>IoU at most
              <input id="filter-iou" type="range" min="0" max="100" value="100">
              <output id="shown-iou">100 %</output></label>
            <label>Order
              <select id="filter-order">
                <option value="list">of the list</option>
                <option value="changed">most changed first</option>
                <option value="worst" data-truth>lowest IoU first</option>
                <option value="gain" data-truth>largest gain of IoU first</option>
                <option value="loss" data-truth>largest loss of IoU first</option>
              </select></label>
            <span class="muted"><span id="count"></span> <span id="measured"></span></span>
          </div>
          <div id="grid" tabindex="0" role="group"
            aria-label="Photographs; the arrows go from one to the next">
            <div id="cells" role="list"></div>
          </div>
        </div>
        <div id="photograph" hidden>
          <div class="controls">
            <button id="back" title="Esc">All photographs</button>
            <button id="previous" title="Left arrow">Previous</button>
            <button id="next" title="Right arrow">Next</button>
            <h2 id="photograph-name" tabindex="-1"></h2>
            <span id="place" class="muted"></span>
            <span id="facts"></span>
          </div>
          <div id="panes"></div>
          <ul id="legend" aria-label="Classes"></ul>
        </div>
      </section>
    </main>
    ${pageData("data", data)}
  `;
