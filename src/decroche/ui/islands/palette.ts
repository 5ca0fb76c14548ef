// Ctrl+K: any practice, practitioner or patient. The server finds (POST); this moves through what it found.
import { origin, ready } from "./page";

function dialog(): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>("#palette");
}

function options(): HTMLElement[] {
  return [...(dialog()?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
}

function select(index: number): void {
  const all = options();
  const input = dialog()?.querySelector("input");
  const wanted = all[(index + all.length) % Math.max(all.length, 1)];
  for (const option of all) option.setAttribute("aria-selected", String(option === wanted));
  wanted?.scrollIntoView({ block: "nearest" });
  if (wanted) input?.setAttribute("aria-activedescendant", wanted.id);
  else input?.removeAttribute("aria-activedescendant");
}

function current(): number {
  return options().findIndex((option) => option.getAttribute("aria-selected") === "true");
}

export function openPalette(): void {
  const box = dialog();
  if (!box || box.open) return;
  box.showModal();
  const input = box.querySelector("input");
  if (input) {
    input.select();
    htmx.trigger(input, "palette-open");
  }
}

ready(() => {
  document.addEventListener("click", (event) => {
    if (origin(event)?.closest("[data-palette]")) openPalette();
    if (origin(event)?.closest("#palette [role=option]")) dialog()?.close();
  });
  dialog()?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      select(current() + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      options()[Math.max(current(), 0)]?.click();
    }
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (origin(event)?.id === "palette-results") select(0);
  });
});
