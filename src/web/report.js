// Buttons above photographs show those of one kind alone. Without scripts, as in mail, all are shown.
for (const gallery of document.querySelectorAll(".gallery")) {
  const buttons = gallery.querySelectorAll("button[data-kind]");
  gallery.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-kind]");
    if (!button) return;
    const { kind } = button.dataset;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    for (const article of gallery.querySelectorAll("article")) {
      article.hidden = kind !== "" && !article.dataset.kinds.split("|").includes(kind);
    }
  });
}
