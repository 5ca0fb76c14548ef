// What she opened stays open when a panel is drawn again under her thumb.
export {}; // a module of its own: its names are not the page's

const open = new Set<string>();
let redrawing = false;

document.addEventListener(
  "toggle",
  (event) => {
    const fold = event.target;
    if (redrawing || !(fold instanceof HTMLDetailsElement) || !fold.hasAttribute("data-keep-open")) return;
    if (fold.open) open.add(fold.id);
    else open.delete(fold.id);
  },
  true,
);

document.addEventListener("htmx:beforeSwap", () => {
  redrawing = true;
});

document.addEventListener("htmx:afterSettle", () => {
  for (const id of open) {
    const fold = document.getElementById(id);
    if (fold instanceof HTMLDetailsElement) fold.open = true;
  }
  // "toggle" events of the redraw itself arrive a task later
  window.setTimeout(() => (redrawing = false));
});
