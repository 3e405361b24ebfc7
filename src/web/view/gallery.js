// The gallery: photographs under masks, of which only those in sight exist as elements.

const { photographs, folders, given, classes } = pageData.gallery;
/** The number of the first folder of a name, or another one. */
function first(name, other) {
  const found = folders.findIndex((folder) => name.test(folder));
  return found < 0 ? Math.max(0, other) : found;
}

/** Which masks are shown and how; what is shown of a photograph follows from it. */
const look = {
  ...{
    // What was asked for comes first: two folders are the two that are compared.
    a: given > 0 ? 0 : first(/(^|\/)knowledge$/, 0),
    b: given > 1 ? 1 : first(/(^|\/)refined$/, folders.length - 1),
    flipped: false,
  },
  ...{ outlined: false, opacity: 0.6, single: false },
};
// One folder that was asked for is compared with another, with the knowledge where there is one.
if (look.a === look.b) {
  const others = folders.map((_, i) => i).filter((i) => i !== look.a);
  look.b = others.find((i) => /(^|\/)knowledge$/.test(folders[i])) ?? others[0] ?? look.a;
}
/** What was measured of photographs, by number. */
const measured = new Map();
let order = photographs.map((_, i) => i);
/** Pixels from row to row; a cell is a little less high. */
const rowHeight = 200;

const shownFolder = () => look.flipped ? look.b : look.a;
const maskAddress = (folder, i) => `mask/${folder}/${i}`;
const grid = byId("grid");

/** How many cells fit beside each other. */
const columns = () => Math.max(1, Math.floor(grid.clientWidth / 220));

let due = 0;
/** Draws the grid at the next frame, once. */
function showGrid() {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(layOut);
}

function layOut() {
  const across = columns();
  const inner = byId("cells");
  inner.style.height = `${Math.ceil(order.length / across) * rowHeight}px`;
  const from = Math.max(0, Math.floor(grid.scrollTop / rowHeight) - 1) * across;
  const to = Math.min(
    order.length,
    (Math.ceil((grid.scrollTop + grid.clientHeight) / rowHeight) + 1) * across,
  );
  const wanted = new Set(order.slice(from, to));
  const there = new Map();
  for (const cell of [...inner.children]) {
    const i = Number(cell.dataset.index);
    if (wanted.has(i)) there.set(i, cell);
    else if (cell !== document.activeElement) cell.remove();
  }
  for (let at = from; at < to; at++) {
    const i = order[at];
    const cell = there.get(i) ?? newCell(i);
    cell.style.transform = `translate(${at % across * 100}%, ${
      Math.floor(at / across) * rowHeight
    }px)`;
    cell.style.width = `${100 / across}%`;
    cell.dataset.at = at;
    cell.setAttribute("aria-posinset", at + 1);
    cell.setAttribute("aria-setsize", order.length);
    putAt(at - from, cell);
    describe(cell, i);
    paintCell(cell, i);
  }
  byId("count").textContent = `${order.length} of ${photographs.length} photographs`;
}

/** Puts a cell where Tab finds it in the order that one sees; the one with the focus keeps it. */
function putAt(place, cell) {
  const { children } = byId("cells");
  if (cell === document.activeElement) {
    while (children[place] !== cell) byId("cells").append(children[place]);
  } else if (children[place] !== cell) byId("cells").insertBefore(cell, children[place] ?? null);
}

function newCell(i) {
  const cell = make(
    "button",
    { class: "cell", "data-index": i, role: "listitem", onclick: () => openPhotograph(i) },
    make(
      "span",
      { class: "picture" },
      make("img", { alt: "", decoding: "async", src: `photograph/${i}` }),
      make("canvas", {}),
    ),
    make("span", { class: "name" }),
    make("span", { class: "name muted" }),
  );
  return cell;
}

function describe(cell, i) {
  const facts = measured.get(i);
  const parts = [];
  if (facts) {
    if (look.a !== look.b) parts.push(`${percent(facts.changed)} changed`);
    const iou = look.flipped ? facts.iouB : facts.iouA;
    if (iou !== null) parts.push(`IoU ${percent(iou)}`);
  }
  const [, name, figures] = cell.children;
  name.textContent = photographs[i];
  figures.textContent = parts.join(", ");
}

/** Paints the mask of a cell, unless that one is there. */
async function paintCell(cell, i) {
  const folder = shownFolder();
  const canvas = cell.querySelector("canvas");
  canvas.style.opacity = look.outlined ? 1 : look.opacity;
  const what = `${folder} ${look.outlined}`;
  if (folders.length === 0 || canvas.dataset.what === what) return;
  canvas.dataset.what = what;
  const mask = await loadMask(maskAddress(folder, i)).catch(() => undefined);
  if (canvas.dataset.what !== what || !cell.isConnected) return;
  const context = canvas.getContext("2d");
  if (!mask) return context.clearRect(0, 0, canvas.width, canvas.height);
  const shrink = Math.max(1, Math.max(mask.width, mask.height) / 260);
  const picture = painted(mask, shrink);
  Object.assign(canvas, { width: picture.width, height: picture.height });
  if (!look.outlined) context.drawImage(picture, 0, 0);
  else {
    context.scale(1 / shrink, 1 / shrink);
    for (const [c, path] of outlines(mask)) {
      Object.assign(context, { strokeStyle: cssColour(c), lineWidth: 2 * shrink });
      context.stroke(path);
    }
  }
}

/** Keeps what the filters let through, in the order that is asked for. */
function filter() {
  const [name, wanted, least, most, by] = ["name", "class", "changed", "iou", "order"]
    .map((what) => byId(`filter-${what}`)?.value ?? "");
  const c = wanted === "" ? undefined : Number(wanted);
  const needs = c !== undefined || Number(least) > 0 || Number(most) < 100 || by !== "list";
  order = photographs.map((_, i) => i).filter((i) => {
    if (name !== "" && !photographs[i].toLowerCase().includes(name.toLowerCase())) return false;
    const facts = measured.get(i);
    if (!facts) return !needs; // those that are not measured yet come as they are measured
    if (c !== undefined && !facts.classes.includes(c)) return false;
    if (100 * facts.changed < Number(least)) return false;
    const iou = look.flipped ? facts.iouB : facts.iouA;
    return iou === null || most === "" || 100 * iou <= Number(most);
  });
  const keys = {
    changed: (f) => -f.changed,
    worst: (f) => (look.flipped ? f.iouB : f.iouA) ?? 2,
    gain: (f) => f.iouA - f.iouB,
    loss: (f) => f.iouB - f.iouA,
  };
  const key = keys[by];
  if (key) order.sort((i, j) => key(measured.get(i)) - key(measured.get(j)));
  for (const what of ["changed", "iou"]) {
    const output = byId(`shown-${what}`);
    if (output) output.textContent = `${byId(`filter-${what}`).value} %`;
  }
  showGrid();
}

let measuring = new AbortController();

/** Has both folders measured; the filters follow as figures come. */
async function measure() {
  measuring.abort();
  measuring = new AbortController();
  measured.clear();
  filter();
  if (folders.length === 0) return;
  const { signal } = measuring;
  try {
    const answer = await fetch(`figures/${look.a}/${look.b}`, { signal });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let [rest, shown] = ["", 0];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const facts = JSON.parse(line);
        measured.set(facts.index, facts);
      }
      byId("measured").textContent = `${measured.size} measured`;
      if (performance.now() - shown < 500) continue;
      shown = performance.now();
      filter();
    }
    byId("measured").textContent = "";
    filter();
  } catch (error) {
    if (!signal.aborted) say(String(error));
  }
}

grid.addEventListener("scroll", showGrid, { passive: true });
new ResizeObserver(showGrid).observe(grid);

/** The arrows go from cell to cell. */
grid.addEventListener("keydown", (event) => {
  const across = columns();
  const rows = Math.max(1, Math.floor(grid.clientHeight / rowHeight));
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across };
  Object.assign(steps, { PageDown: rows * across, PageUp: -rows * across, Home: -1e9, End: 1e9 });
  const step = steps[event.key];
  if (step === undefined || event.shiftKey) return;
  event.preventDefault();
  const at = Number(document.activeElement?.dataset?.at ?? -1);
  focusCell(Math.min(order.length - 1, Math.max(0, at + step)));
});

function focusCell(at) {
  if (order.length === 0) return;
  const top = Math.floor(at / columns()) * rowHeight;
  if (top < grid.scrollTop) grid.scrollTop = top;
  if (top + rowHeight > grid.scrollTop + grid.clientHeight) {
    grid.scrollTop = top + rowHeight - grid.clientHeight;
  }
  layOut();
  byId("cells").querySelector(`[data-index="${order[at]}"]`)?.focus({ preventScroll: true });
}
