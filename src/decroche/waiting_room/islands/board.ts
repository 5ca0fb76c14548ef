// The board by keyboard: up and down choose a row, and the keys of that row (arrived, left, absent, call) answer for it.
import { origin, ready } from "../../ui/islands/page";

let chosen = "";

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-rows] [data-row]")];
}

/** Give the row's buttons their keys, and take them from every other row. */
function choose(row: HTMLElement | undefined): void {
  for (const each of rows()) {
    const mine = each === row;
    each.classList.toggle("is-selected", mine);
    for (const button of each.querySelectorAll<HTMLElement>("[data-row-key]")) {
      if (mine) button.dataset["key"] = button.dataset["rowKey"] ?? "";
      else button.removeAttribute("data-key");
    }
  }
  chosen = row?.id ?? "";
}

/** After a refresh the same person stays chosen; when they have moved on, the first key asks to choose again. */
function restore(): void {
  if (!document.querySelector("[data-rows]")) return;
  choose(rows().find((row) => row.id === chosen));
}

function move(step: number): void {
  const all = rows();
  const at = all.findIndex((row) => row.id === chosen);
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
  choose(next);
  next?.focus();
}

ready(() => {
  window.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || event.altKey || event.ctrlKey || event.metaKey || !document.querySelector("[data-rows]")) return;
    if (document.querySelector("dialog:modal") || origin(event)?.closest("input,textarea,select,[contenteditable]")) return;
    event.preventDefault();
    move(step);
  });
  document.addEventListener("focusin", (event) => {
    const row = origin(event)?.closest<HTMLElement>("[data-rows] [data-row]");
    if (row) choose(row);
  });
  document.body.addEventListener("htmx:afterSettle", restore);
  document.addEventListener("click", (event) => {
    if (origin(event)?.closest(".wroom-made [data-print]")) window.print();
  });
});
