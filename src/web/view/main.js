// Tabs, controls and keys.

const tabs = ["runs", "gallery"];

function showTab(name) {
  for (const tab of tabs) {
    byId(tab).hidden = tab !== name;
    byId(`tab-${tab}`).setAttribute("aria-selected", tab === name);
    byId(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
  }
  history.replaceState(null, "", `#${name}`);
  if (name === "gallery") {
    showGrid();
    if (measured.size === 0) measure();
  }
}
for (const tab of tabs) byId(`tab-${tab}`).addEventListener("click", () => showTab(tab));
byId("tabs").addEventListener("keydown", ({ key }) => {
  if (key !== "ArrowRight" && key !== "ArrowLeft") return;
  const other = byId("runs").hidden ? "runs" : "gallery";
  showTab(other);
  byId(`tab-${other}`).focus();
});

for (const which of ["a", "b"]) {
  const select = byId(`folder-${which}`);
  select.replaceChildren(...folders.map((name, i) => make("option", { value: i }, name)));
  select.value = look[which];
  select.addEventListener("change", () => {
    look[which] = Number(select.value);
    measure();
    if (open) openPhotograph(open.index);
  });
}
for (const name of ["name", "class", "changed", "iou", "order"]) {
  byId(`filter-${name}`)?.addEventListener("input", filter);
}

/** What the keys and the buttons do. */
const actions = {
  flip() {
    look.flipped = !look.flipped;
    say(`${folders[shownFolder()] ?? ""} is shown`);
    filter(); // IoU is that of the masks that are shown
  },
  outline: () => look.outlined = !look.outlined,
  single() {
    look.single = !look.single;
    if (open) layPanes();
  },
  fainter: () => look.opacity = Math.max(0.1, look.opacity - 0.1),
  stronger: () => look.opacity = Math.min(1, look.opacity + 0.1),
};

function act(name) {
  actions[name]();
  for (
    const [button, pressed] of [["flip", look.flipped], ["outline", look.outlined], [
      "single",
      look.single,
    ]]
  ) {
    byId(`do-${button}`).setAttribute("aria-pressed", pressed);
  }
  byId("opacity").value = look.opacity;
  if (open) showPanes();
  else showGrid();
}
for (const name of ["flip", "outline", "single"]) {
  byId(`do-${name}`).addEventListener("click", () => act(name));
}
byId("opacity").addEventListener("input", ({ target }) => {
  look.opacity = Number(target.value);
  if (open) showPanes();
  else showGrid();
});
byId("back").addEventListener("click", closePhotograph);
byId("previous").addEventListener("click", () => step(-1));
byId("next").addEventListener("click", () => step(1));

const help = helpDialog([
  ["g r", "gallery, runs"],
  ["← → ↑ ↓", "from photograph to photograph"],
  ["Enter", "open the photograph"],
  ["Esc", "back to all photographs"],
  ["f", "flip the two masks in place"],
  ["o", "outlines or fill"],
  ["s", "one pane, or all beside each other"],
  ["[ ]", "masks fainter, stronger"],
  ["+ - 0", "zoom in, out, whole picture"],
  ["Shift+arrows", "move the part that is seen"],
  ["/", "find a name"],
  ["?", "this list"],
]);
byId("help").addEventListener("click", () => help.showModal());

document.addEventListener("keydown", (event) => {
  if (isTyped(event) || help.open) return;
  const canvas = panes[0]?.canvas;
  const arrows = {
    ArrowLeft: [-60, 0],
    ArrowRight: [60, 0],
    ArrowUp: [0, -60],
    ArrowDown: [0, 60],
  };
  const arrow = open && arrows[event.key];
  if (arrow && event.shiftKey) zoom.pan(...arrow, canvas);
  else if (arrow && event.target.getAttribute("role") !== "tab") {
    step(event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1);
  } else if (open && (event.key === "+" || event.key === "=")) zoom.by(1.25, canvas);
  else if (open && event.key === "-") zoom.by(0.8, canvas);
  else if (open && event.key === "0") zoom.fit();
  else if (open && event.key === "Escape") closePhotograph();
  else if (event.key === "?") help.showModal();
  else if (event.key === "g" || event.key === "r") showTab(event.key === "g" ? "gallery" : "runs");
  else if (event.key === "/" && !byId("gallery").hidden) byId("filter-name").focus();
  else {
    const name =
      { f: "flip", o: "outline", s: "single", "[": "fainter", "]": "stronger" }[event.key];
    if (!name || byId("gallery").hidden) return;
    act(name);
  }
  event.preventDefault();
});

if (!pageData.gallery.truth) {
  for (const name of ["iou", "order"]) {
    byId(`filter-${name}`).closest("label").dataset.truth = "none";
  }
  for (const option of byId("filter-order").querySelectorAll("[data-truth]")) option.remove();
  byId("filter-iou").closest("label").remove();
}
byId("filter-class").append(...classes.map((name, i) => make("option", { value: i }, name)));
new ResizeObserver(() => open && showPanes()).observe(byId("panes"));
showTab(location.hash === "#gallery" || pageData.startsWithGallery ? "gallery" : "runs");
