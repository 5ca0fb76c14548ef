// In-page tabs with the arrow keys: role=tablist > role=tab[aria-controls].
import { origin, ready } from "./page";

export function choose(tab: HTMLElement, focus = false): void {
  const list = tab.closest("[role=tablist]");
  if (!list) return;
  for (const other of list.querySelectorAll<HTMLElement>("[role=tab]")) {
    const selected = other === tab;
    other.setAttribute("aria-selected", String(selected));
    other.tabIndex = selected ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (panel && !list.hasAttribute("data-tabs-by-class")) panel.hidden = !selected;
    panel?.classList.toggle("is-current", selected);
  }
  if (focus) tab.focus();
}

ready(() => {
  document.addEventListener("click", (event) => {
    const tab = origin(event)?.closest<HTMLElement>("[role=tab]");
    if (tab) choose(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = origin(event)?.closest<HTMLElement>("[role=tab]");
    if (!tab || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    const tabs = [...(tab.closest("[role=tablist]")?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
    const at = tabs.indexOf(tab);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key] ?? at;
    event.preventDefault();
    const target = tabs[(next + tabs.length) % tabs.length];
    if (target) choose(target, true);
  });
});
