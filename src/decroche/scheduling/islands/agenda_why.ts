// "Why not there?": a closed or kept place of the grid, clicked or reached by the keys, answers beside itself.
import { origin, ready } from "../../ui/islands/page";
import { ROW_MINUTES, field, grid, layer, minuteAt, strip, totalRows } from "./agenda_grid";

let asker: HTMLElement | null = null; // where the keyboard goes back to
let asking: AbortController | null = null;

function bubble(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".agenda-layer > .agenda-why");
}

function close(): void {
  asking?.abort();
  const open = bubble();
  if (!open) return;
  const inside = open.contains(document.activeElement);
  open.remove();
  if (inside && asker?.isConnected) asker.focus({ preventScroll: true });
  asker = null;
}

async function ask(column: HTMLElement, minute: number, from: HTMLElement): Promise<void> {
  const box = grid();
  const address = box?.dataset["why"];
  if (!box || !address) return;
  close();
  asking = new AbortController();
  const query = strip();
  query.set("practitioner", column.dataset["practitioner"] ?? "");
  query.set("day", column.dataset["day"] ?? "");
  query.set("minute", String(minute));
  const filter = document.querySelector<HTMLSelectElement>("#agenda-filter")?.value;
  if (filter) query.set("filter", filter);
  let text = "";
  try {
    const answer = await fetch(`${address}?${query}`, { signal: asking.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return;
  }
  const drawn = new DOMParser().parseFromString(text, "text/html").querySelector<HTMLElement>(".agenda-why");
  if (drawn) show(drawn, column, minute, from);
}

/** Stand beside the place: below it, or above it near the bottom. */
function show(drawn: HTMLElement, column: HTMLElement, minute: number, from: HTMLElement): void {
  const row = Math.floor((minute - minuteAt(0)) / ROW_MINUTES);
  const low = row > totalRows() / 2;
  drawn.classList.add(`at-${low ? Math.max(0, row - 1) : Math.min(row + 1, totalRows() - 1)}`, `col-${column.dataset["column"] ?? "1"}`);
  drawn.classList.toggle("is-above", low);
  const area = grid()?.getBoundingClientRect();
  const box = column.getBoundingClientRect();
  drawn.classList.toggle("is-leftward", Boolean(area && box.left + 300 > area.right));
  layer()?.append(drawn);
  htmx.process(drawn);
  asker = from;
  drawn.focus({ preventScroll: true });
  drawn.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function onClick(event: MouseEvent): void {
  const target = origin(event);
  if (!target) return;
  if (target.closest("[data-why-close]")) return void window.setTimeout(close, 0);
  if (target.closest(".agenda-why")) return;
  const column = target.closest<HTMLElement>(".agenda-col");
  const button = target.closest<HTMLElement>("[data-why]:not([data-agenda])");
  const background = target.matches(".agenda-col, .agenda-open, .agenda-buffer");
  if (!column || (!button && !background)) return close();
  const minute = event.detail === 0 && button ? Number(button.dataset["why"]) : minuteUnder(event);
  void ask(column, minute, button ?? column);
}

function minuteUnder(event: MouseEvent): number {
  const area = field()?.getBoundingClientRect();
  if (!area) return 0;
  return minuteAt(Math.max(0, Math.floor((event.clientY - area.top) / (area.height / totalRows()))));
}

ready(() => {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !bubble()) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }, true);
});
