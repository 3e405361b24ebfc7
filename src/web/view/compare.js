// One photograph: panes that zoom and pan together, and a key that flips two masks in place.

let open;
const zoom = new Zoom(() => showPanes());
const panes = [];
let drawing = 0;

/** The panes: photograph, both masks and the truth beside each other, or one that flips. */
function paneKinds() {
  if (look.single || folders.length === 0) return ["a"];
  return [
    "photograph",
    "a",
    ...look.b === look.a ? [] : ["b"],
    ...pageData.gallery.truth ? ["truth"] : [],
  ];
}

async function openPhotograph(i) {
  open = { index: i, masks: new Map(), photograph: undefined };
  const mine = open;
  byId("browse").hidden = true;
  byId("photograph").hidden = false;
  byId("photograph-name").textContent = photographs[i];
  const at = order.indexOf(i);
  byId("place").textContent = at < 0 ? "" : `${at + 1} of ${order.length}`;
  layPanes();
  byId("photograph-name").focus({ preventScroll: true });
  const truth = pageData.gallery.truth ? ["truth"] : [];
  const wanted = [...new Set([look.a, look.b, ...truth])].filter(() => folders.length > 0);
  const [photograph, ...masks] = await Promise.all([
    loadPhotograph(`photograph/${i}`).catch(() => undefined),
    ...wanted.map((folder) => loadMask(maskAddress(folder, i)).catch(() => undefined)),
  ]);
  if (open !== mine) return;
  mine.photograph = photograph;
  wanted.forEach((folder, k) => {
    const mask = masks[k];
    if (mask) mine.masks.set(folder, { mask, fill: painted(mask), lines: undefined });
  });
  const { width, height } = photograph ?? masks.find(Boolean) ?? zoom.size;
  zoom.size = { width, height };
  zoom.fit();
  showLegend();
  for (const next of [order[at + 1], order[at - 1]]) { // so that the next one is there at once
    if (next === undefined) continue;
    loadPhotograph(`photograph/${next}`).catch(() => {});
    for (const folder of wanted) loadMask(maskAddress(folder, next)).catch(() => {});
  }
}

function closePhotograph() {
  const at = open ? order.indexOf(open.index) : -1;
  open = undefined;
  byId("photograph").hidden = true;
  byId("browse").hidden = false;
  showGrid();
  if (at >= 0) focusCell(at);
}

function step(by) {
  const at = order.indexOf(open.index) + by;
  if (at >= 0 && at < order.length) openPhotograph(order[at]);
  else say(by > 0 ? "This is the last photograph" : "This is the first photograph");
}

function layPanes() {
  const kinds = paneKinds();
  const place = byId("panes");
  if (place.dataset.kinds !== kinds.join()) {
    place.dataset.kinds = kinds.join();
    panes.length = 0;
    place.replaceChildren(...kinds.map((kind) => {
      const canvas = make("canvas", { role: "img" });
      const caption = make("figcaption", {});
      zoom.attach(canvas);
      panes.push({ kind, canvas, caption });
      return make("figure", { class: "pane" }, caption, canvas);
    }));
  }
  showPanes();
}

/** The folder that a pane shows now. */
function folderOf(kind) {
  if (kind === "photograph") return undefined;
  if (kind === "truth") return "truth";
  return (kind === "a") !== look.flipped ? look.a : look.b;
}

function showPanes() {
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(() => {
    if (!open) return;
    for (const { kind, canvas, caption } of panes) {
      const folder = folderOf(kind);
      const own = open.masks.get(folder);
      if (own && look.outlined) own.lines ??= outlines(own.mask);
      const { photograph } = open;
      const { opacity, outlined } = look;
      drawOver(canvas, zoom, { photograph, fill: own?.fill, lines: own?.lines, opacity, outlined });
      const title = folder === undefined
        ? "photograph"
        : folder === "truth"
        ? "truth"
        : folders[folder];
      const text = folder !== undefined && !own && open.photograph ? `${title} (no mask)` : title;
      if (caption.textContent !== text) caption.textContent = text;
      canvas.setAttribute("aria-label", `${photographs[open.index]}: ${text}${classWords(own)}`);
    }
  });
}

const classWords = (own) =>
  own === undefined ? "" : `, with ${classesOf(own.mask).map(className).join(", ")}`;
const className = (c) => c === 255 ? "void" : classes[c] ?? `class ${c}`;

function showLegend() {
  const all = [...open.masks.values()].flatMap(({ mask }) => classesOf(mask));
  const seen = [...new Set(all)].filter((c) => c > 0).sort((a, b) => a - b);
  byId("legend").replaceChildren(...seen.map((c) => {
    const swatch = make("span", { class: "swatch" });
    swatch.style.background = cssColour(c);
    return make("li", {}, swatch, className(c));
  }));
  const facts = measured.get(open.index);
  const words = facts && [
    ...look.a === look.b ? [] : [`${percent(facts.changed)} of the pixels changed`],
    ...facts.iouA === null ? [] : [`IoU ${percent(facts.iouA)} (${folders[look.a]})`],
    ...facts.iouB === null || look.a === look.b
      ? []
      : [`IoU ${percent(facts.iouB)} (${folders[look.b]})`],
  ];
  byId("facts").textContent = words?.join(", ") ?? "";
}
