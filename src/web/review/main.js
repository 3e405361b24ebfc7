// One region after another: shown with its surroundings, answered by a key.

const { classes, method } = pageData;
const kinds = ["photograph", "knowledge", "advice", ...method ? ["method"] : []];
let task;
let busy = false;
const shows = { outlined: false, hidden: false };
const zoom = new Zoom(() => show());
const panes = kinds.map((kind) => {
  const canvas = make("canvas", { role: "img" });
  const caption = make("figcaption", {}, kind);
  byId("panes").append(make("figure", { class: "pane" }, caption, canvas));
  return { kind, canvas, caption };
});

// The photograph is as high as all others together.
panes[0].canvas.parentElement.style.gridRow = `1 / span ${kinds.length - 1}`;

const className = (c) => c === 255 ? "void" : classes[c] ?? `class ${c}`;
const reviewer = () => byId("reviewer").value.trim();

/** Shows the region that the server gives, or that all are answered. */
async function take(answer) {
  const next = await answer.json();
  task = undefined; // nothing is drawn on it any more
  const { regions } = next.progress;
  if (next.number === undefined) {
    showProgress(next);
    byId("question").textContent = regions === 0
      ? "The masks do not differ: there is nothing to decide."
      : "Nothing is left for you: every region is answered, skipped, or before another reviewer.";
    for (const { canvas } of panes) {
      canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    }
    return;
  }
  const named = ["knowledge", "advice", ...method ? ["method"] : []];
  const [photograph, ...masks] = await Promise.all([
    loadPhotograph(`photograph/${next.item}`),
    ...named.map((name) => loadMask(`mask/${next.item}/${name}`)),
  ]);
  task = { ...next, photograph, masks: new Map(), edge: edgeOf(next) };
  named.forEach((name, i) =>
    masks[i] && task.masks.set(name, { mask: masks[i], fill: painted(masks[i]) })
  );
  zoom.size = { width: next.width, height: next.height };
  clearDrawing(next);
  pose(next);
  zoom.fit(framed(next));
  showProgress(next);
}

function showProgress({ progress: { answered, regions, gained } }) {
  byId("done").value = regions ? answered / regions : 1;
  byId("progress").textContent = `${answered} of ${regions} regions, ${
    percent(gained)
  } of the gain`;
}

/** The question in words, for all. */
function pose({ region, photograph, labels, width, height }) {
  const [k, a] = [region.knowledge, region.advice].map(className);
  const share = percent(region.area / (width * height));
  const known = labels
    ? ` The photograph shows ${labels.map(className).join(", ") || "nothing"}.`
    : "";
  byId("question").textContent =
    `What does the framed region show? The knowledge says ${k}, the advice says ${a} ` +
    `(${share} of ${photograph}).${known}`;
  for (const [choice, text] of [["advice", a], ["knowledge", k], ["method", methodWords()]]) {
    const button = document.querySelector(`[data-choice=${choice}] span`);
    if (button) button.textContent = `(${text})`;
  }
  const all = labels ?? classes.map((_, c) => c);
  const wanted = [...new Set([0, region.knowledge, region.advice, ...all])]
    .filter((c) => c < classes.length);
  byId("class").replaceChildren(
    ...wanted.map((c, i) =>
      make("option", { value: c }, i < 9 ? `${i + 1} ${className(c)}` : className(c))
    ),
  );
  drawing.class = region.advice !== 0 && region.advice !== 255 ? region.advice : region.knowledge;
  byId("class").value = drawing.class;
}

/** The classes that the method chose in the region. */
function methodWords() {
  const own = task.masks.get("method");
  if (!own) return "none";
  const seen = new Set();
  for (let i = 0; i < task.runs.length; i += 2) {
    for (let u = task.runs[i]; u < task.runs[i] + task.runs[i + 1]; u++) seen.add(own.mask.data[u]);
  }
  return [...seen].map(className).join(" and ");
}

/** The region with its surroundings, as far as the photograph goes. */
function framed({ region, width, height }) {
  const margin = Math.max(24, 0.6 * Math.max(region.width, region.height));
  const [x, y] = [Math.max(0, region.x - margin), Math.max(0, region.y - margin)];
  return {
    ...{ x, y },
    width: Math.min(width, region.x + region.width + margin) - x,
    height: Math.min(height, region.y + region.height + margin) - y,
  };
}

/** The outline of the region. */
function edgeOf({ runs, width, height }) {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < runs.length; i += 2) data.fill(1, runs[i], runs[i] + runs[i + 1]);
  return outlines({ width, height, data }).get(1);
}

let due = 0;
function show() {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(() => {
    if (!task) return;
    for (const { kind, canvas } of panes) {
      const own = shows.hidden ? undefined : task.masks.get(kind);
      if (own && shows.outlined) own.lines ??= outlines(own.mask);
      const look = { photograph: task.photograph, fill: own?.fill, lines: own?.lines };
      const context = drawOver(canvas, zoom, { ...look, opacity: 0.6, outlined: shows.outlined });
      const { scale } = zoom.place(canvas);
      const drawn = kind === "photograph" && !shows.hidden && drawnCanvas();
      if (drawn) context.drawImage(drawn, 0, 0);
      for (const [strokeStyle, thickness] of [["#000", 5], ["#fff", 2.5]]) {
        Object.assign(context, { strokeStyle, lineWidth: thickness / scale });
        context.stroke(task.edge);
      }
      const words = kind === "photograph" ? "the region framed" : "";
      canvas.setAttribute(
        "aria-label",
        `${task.photograph ? "" : "no "}photograph, ${kind} ${words}`,
      );
    }
  });
}

/** Sends something and shows what is next; one at a time. */
async function send(address, body) {
  if (busy) return;
  if (reviewer() === "") {
    byId("reviewer").focus();
    return say("Say who you are first.");
  }
  busy = true;
  try {
    say("");
    await take(await ask(address, body && { ...body, reviewer: reviewer() }));
  } catch (error) {
    say(String(error.message));
  } finally {
    busy = false;
  }
}

function choose(choice) {
  if (!task) return;
  const drawn = choice === "skip" ? [] : drawnRuns();
  if (choice === "drawn" && drawn.length === 0) {
    return say("Nothing is drawn yet: draw with brush or fill first.");
  }
  send("decide", { number: task.number, choice, drawn });
}

const showNext = () => send(`next?reviewer=${encodeURIComponent(reviewer())}`);

function useTool(tool) {
  drawing.tool = drawing.tool === tool ? undefined : tool;
  for (const name of ["brush", "fill"]) {
    byId(name).setAttribute("aria-pressed", drawing.tool === name);
  }
  byId("panes").classList.toggle("draws", drawing.tool !== undefined);
}

function toggle(what, id) {
  shows[what] = !shows[what];
  byId(id).setAttribute("aria-pressed", shows[what]);
  show();
}

function discard() {
  if (task) clearDrawing(task);
  if (drawing.tool) useTool(drawing.tool);
  show();
}

/** What a pixel shows now: what was drawn, or the method's choice or the advice. */
const shownAt = (u) => {
  if (drawing.data[u] !== 255) return drawing.data[u];
  return (task.masks.get("method") ?? task.masks.get("advice")).mask.data[u];
};

for (const { canvas } of panes) {
  const draws = () => drawing.tool !== undefined;
  zoom.attach(canvas, draws);
  let last;
  canvas.addEventListener("pointerdown", (event) => {
    if (!draws() || !task) return;
    say("");
    const at = zoom.pixel(event);
    if (drawing.tool === "fill") fillFrom(at, shownAt);
    else {
      last = at;
      canvas.setPointerCapture(event.pointerId);
      brush(at, at);
    }
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const at = zoom.pixel(event);
    brush(last, at);
    last = at;
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => last = undefined);
  }
}

const meaning =
  "Knowledge is the mask that is to be refined, such as the one made of image labels. Advice is another " +
  "mask of the same photograph, such as the one that the CRF makes of the knowledge." +
  (method
    ? " Method is what the trained network makes of both: at each pixel it takes one of the two."
    : "");
const help = helpDialog([
  ["a", "the advice is right"],
  ["k", "the knowledge is right"],
  ...method ? [["m", "the method's choice is right, pixel by pixel"]] : [],
  ["b", "it is background"],
  ["d f", "brush, fill: correct by hand"],
  ["1 … 9", "the class that is drawn"],
  ["[ ]", "smaller, larger brush"],
  ["Enter", "what was drawn is right; with a, k, m or b it comes on top of that"],
  ["Esc", "discard what was drawn"],
  ["s", "skip: I do not know"],
  ["u", "take the last answer back"],
  ["o h", "outlines or fill; hide the masks"],
  ["+ - 0", "zoom in, out, back to the region"],
  ["w", "the whole photograph"],
  ["← → ↑ ↓", "move the part that is seen"],
  ["?", "this list"],
], meaning);

const keys = {
  ...{ a: () => choose("advice"), k: () => choose("knowledge"), b: () => choose("background") },
  ...{ s: () => choose("skip"), Enter: () => choose("drawn"), u: () => send("undo", {}) },
  ...{ d: () => useTool("brush"), f: () => useTool("fill"), Escape: discard },
  ...{ o: () => toggle("outlined", "outline"), h: () => toggle("hidden", "hide") },
  ...{ "0": () => task && zoom.fit(framed(task)), w: () => zoom.fit() },
  ...{ "+": () => zoom.by(1.25, panes[0].canvas), "-": () => zoom.by(0.8, panes[0].canvas) },
  "[": () => brushSize(-2),
  "]": () => brushSize(2),
  "?": () => help.showModal(),
};
if (method) keys.m = () => choose("method");
keys["="] = keys["+"];
const arrows = { ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, -40], ArrowDown: [0, 40] };
for (const [key, by] of Object.entries(arrows)) keys[key] = () => zoom.pan(...by, panes[0].canvas);

function brushSize(by) {
  byId("size").value = Number(byId("size").value) + by;
  drawing.size = Number(byId("size").value);
}

document.addEventListener("keydown", (event) => {
  if (isTyped(event) || help.open) return;
  const option = byId("class").options[Number(event.key) - 1];
  if (/^[1-9]$/.test(event.key) && option) {
    byId("class").value = option.value;
    drawing.class = Number(option.value);
  } else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});
for (const button of document.querySelectorAll("[data-choice]")) {
  button.addEventListener("click", () => choose(button.dataset.choice));
}
byId("undo").addEventListener("click", keys.u);
byId("brush").addEventListener("click", keys.d);
byId("fill").addEventListener("click", keys.f);
byId("clear").addEventListener("click", discard);
byId("outline").addEventListener("click", keys.o);
byId("hide").addEventListener("click", keys.h);
byId("help").addEventListener("click", keys["?"]);
byId("class").addEventListener("change", ({ target }) => drawing.class = Number(target.value));
byId("size").addEventListener("input", () => brushSize(0));
byId("reviewer").addEventListener("change", () => {
  history.replaceState(null, "", `#${encodeURIComponent(reviewer())}`);
  byId("question").focus();
  showNext();
});
new ResizeObserver(show).observe(byId("panes"));
byId("reviewer").value = decodeURIComponent(location.hash.slice(1)) || "reviewer";
showNext();
