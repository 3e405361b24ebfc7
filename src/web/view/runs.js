// The runs: live curves, time left, previews as they appear.

const runs = new Map();
const chosen = new Set();
/** Told apart by colour, and by dashes. */
const styles = [
  ["#1f77d0", ""],
  ["#d9480f", "7 3"],
  ["#2b8a3e", "2 3"],
  ["#9c36b5", "9 3 2 3"],
  ["#b08900", "4 4"],
  ["#0b7285", "12 4"],
];
let touched = false;

const source = new EventSource("events");
source.addEventListener("runs", ({ data }) => {
  for (const news of JSON.parse(data)) {
    const run = news.fresh ? { lines: [] } : runs.get(news.name);
    if (!run) continue;
    run.lines.push(...news.lines);
    Object.assign(run, { config: news.config ?? run.config, previews: news.previews });
    run.modified = news.modified;
    runs.set(news.name, run);
  }
  if (!touched && runs.size > 0) {
    chosen.clear();
    chosen.add([...runs].toSorted(([, a], [, b]) => b.modified - a.modified)[0][0]);
  }
  say("");
  showRuns();
});
source.onerror = () => say("The server is gone, or busy. What is shown may be old.");

const titleOf = (name) => name === "" ? "(this folder)" : name;

/** How far a run is: epochs done and wanted, the speed of its last lines, whether it goes on. */
function stateOf({ lines, config, modified }) {
  const last = lines.findLast(({ epoch }) => epoch > 0);
  const epochs = Number(config?.epochs);
  if (!last || !(epochs > 0)) {
    return { text: lines.length ? `step ${lines.at(-1).step}` : "no step yet" };
  }
  const done = Math.min(1, last.epoch / epochs);
  const recent = lines.slice(-5).map(({ secondsPerStep }) => secondsPerStep).filter((s) => s > 0);
  const seconds = recent.reduce((sum, s) => sum + s, 0) / recent.length;
  const left = (epochs - last.epoch) * last.step / last.epoch * seconds;
  const silent = (Date.now() - modified) / 1000;
  const text = `step ${last.step}, epoch ${last.epoch.toFixed(1)} of ${epochs}`;
  if (done > 0.999) return { done: 1, text, state: "finished" };
  if (silent > Math.max(120, 60 * seconds)) {
    return { done, text, state: `silent for ${duration(silent)}` };
  }
  return { done, text, state: `${duration(Math.max(0, left - silent))} left` };
}

function duration(seconds) {
  if (!(seconds >= 0)) return "?";
  const [h, m, s] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Math.floor);
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}

function showRuns() {
  byId("no-runs").hidden = runs.size > 0;
  const rows = byId("run-rows");
  const newestFirst = [...runs].toSorted(([, a], [, b]) => b.modified - a.modified);
  for (const [place, [name, run]] of newestFirst.entries()) {
    let row = [...rows.children].find((row) => row.dataset.name === name);
    if (!row) {
      const box = make("input", { type: "checkbox", id: `run-${rows.children.length}` });
      box.addEventListener("change", () => {
        touched = true;
        if (box.checked) chosen.add(name);
        else chosen.delete(name);
        showRuns();
      });
      const label = make("label", { for: box.id }, box, " ", make("code", {}, titleOf(name)));
      row = make(
        "tr",
        { "data-name": name },
        make("th", { scope: "row" }, make("span", { class: "key" }), label),
        make("td", {}, make("progress", { max: 1, "aria-label": `Progress of ${titleOf(name)}` })),
        make("td", { class: "number" }),
        make("td", {}),
      );
      // Where a reload would put it; the others stay where they are, or boxes would run away.
      rows.insertBefore(row, rows.children[place] ?? null);
    }
    const { done = 0, text, state = "" } = stateOf(run);
    row.querySelector("input").checked = chosen.has(name);
    row.querySelector("progress").value = done;
    row.children[2].textContent = text;
    row.children[3].textContent = state;
  }
  const shown = [...chosen].filter((name) => runs.has(name));
  for (const row of rows.children) {
    const at = shown.indexOf(row.dataset.name);
    const key = row.querySelector(".key");
    key.replaceChildren(...at < 0 ? [] : [keyLine(at)]);
  }
  showCurves(shown);
  showPreviews(shown);
}

// Time left goes down between two lines, too.
setInterval(() => runs.size > 0 && !byId("runs").hidden && showRuns(), 5000);

const previewAt = new Map();

/** A slider over the previews of each chosen run; at its end it follows the newest. */
function showPreviews(names) {
  const place = byId("previews");
  for (const figure of [...place.children]) {
    if (!names.includes(figure.dataset.name)) figure.remove();
  }
  for (const name of names) {
    const { previews } = runs.get(name);
    let figure = [...place.children].find((figure) => figure.dataset.name === name);
    if (previews.length === 0) continue;
    if (!figure) {
      const slider = make("input", { type: "range", min: 0, "aria-label": "Step of the preview" });
      slider.addEventListener("input", () => {
        const { length } = runs.get(name).previews;
        previewAt.set(name, Number(slider.value) === length - 1 ? undefined : Number(slider.value));
        showPreviews(names);
      });
      figure = make(
        "figure",
        { "data-name": name },
        make("figcaption", {}),
        slider,
        make("img", { alt: "" }),
      );
      place.append(figure);
    }
    const [caption, slider, image] = figure.children;
    const at = previewAt.get(name) ?? previews.length - 1;
    Object.assign(slider, { max: previews.length - 1, value: at });
    slider.hidden = previews.length === 1;
    const step = Number(/\d+/.exec(previews[at])[0]);
    caption.textContent = `${titleOf(name)}: preview at step ${step}` +
      (at === previews.length - 1 ? " (the newest)" : "");
    const path = [...name.split("/").filter(Boolean), "previews", previews[at]];
    const address = `file/${path.map(encodeURIComponent).join("/")}`;
    if (image.getAttribute("src") !== address) image.src = address;
    image.alt = `Preview of ${titleOf(name)} at step ${step}`;
  }
}
