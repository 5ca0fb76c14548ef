// The agenda grid under the keyboard: arrows from cell to cell, a now-line that moves, a scroll that stays.
import { origin, ready } from "../../ui/islands/page";
import { ROW_MINUTES, cells, columns, field, grid, nowThere, rowOf, rowsOf, totalRows } from "./agenda_grid";

const GRID = "[data-agenda]";
const MINUTE_MS = 60_000;

let lastCell = ""; // the id of the cell that has the roving tabindex
let roving: HTMLElement | null = null; // that cell, as long as it stands
let scrolledFor = ""; // which day the grid was last scrolled for

/** One cell answers to Tab: the last one visited, else the first. Only two cells are touched, however many there are. */
function rove(): void {
  const box = grid();
  if (!box) return;
  const known = lastCell ? document.getElementById(lastCell) : null;
  const current = known && box.contains(known) ? known : box.querySelector<HTMLElement>("[data-cell]");
  if (roving && roving !== current) roving.tabIndex = -1;
  roving = current;
  // A grid without any cell must still scroll by keyboard.
  if (current) {
    current.tabIndex = 0;
    box.removeAttribute("tabindex");
  } else box.tabIndex = 0;
}

function visit(cell: HTMLElement | undefined): void {
  if (!cell) return;
  lastCell = cell.id;
  rove();
  cell.focus();
}

/** In the next column that has any cell, the one at the same height. */
function sideways(cell: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const all = columns();
  const height = rowOf(cell) + rowsOf(cell) / 2;
  const away = (each: HTMLElement): number => Math.abs(rowOf(each) + rowsOf(each) / 2 - height);
  for (let index = all.findIndex((column) => column.contains(cell)) + step; index >= 0 && index < all.length; index += step) {
    const there = cells(all[index] as HTMLElement);
    if (there.length) return there.reduce((best, each) => (away(each) < away(best) ? each : best));
  }
  return undefined;
}

function onArrow(event: KeyboardEvent): void {
  const cell = origin(event)?.closest<HTMLElement>(`${GRID} [data-cell]`);
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  const column = cell.closest<HTMLElement>("[data-column]");
  const own = column ? cells(column) : [];
  const at = own.indexOf(cell);
  const moves: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => own[at + 1],
    ArrowUp: () => own[at - 1],
    ArrowRight: () => sideways(cell, 1),
    ArrowLeft: () => sideways(cell, -1),
    Home: () => own[0],
    End: () => own.at(-1),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  visit(move());
}

/** Lists of visit types and of slots: arrows too, besides their numbers. */
function onListArrow(event: KeyboardEvent): void {
  const list = origin(event)?.closest<HTMLElement>("[data-roving]");
  if (!list || !["ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"].includes(event.key)) return;
  const buttons = [...list.querySelectorAll<HTMLElement>("button")];
  const at = buttons.indexOf(origin(event)?.closest("button") as HTMLElement);
  const step = event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : -1;
  event.preventDefault();
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}

function moveNowLine(): void {
  const box = grid();
  const line = document.getElementById("agenda-now");
  if (!box) return;
  const { minute } = nowThere(box.dataset["zone"] ?? "UTC"); // on other days too: whoever moves something asks for it within a frame
  if (!line) return;
  const row = Math.floor((minute - Number(box.dataset["firstMinute"])) / ROW_MINUTES);
  const inside = row >= 0 && row < Number(box.dataset["rows"]);
  line.hidden = !inside;
  if (!inside) return;
  for (const name of [...line.classList]) if (/^at-\d+$/.test(name)) line.classList.remove(name);
  line.classList.add(`at-${row}`);
}

/** Bring now (or the first appointment or opening) into view, once for each day shown; never again by itself. */
function scrollOnce(): void {
  const box = grid();
  if (!box) return;
  const shown = `${location.pathname}${document.getElementById("agenda-view")?.dataset["source"] ?? ""}`;
  if (shown === scrolledFor) return;
  scrolledFor = shown;
  const line = document.getElementById("agenda-now");
  const target = line && !line.hidden ? line : box.querySelector<HTMLElement>(".agenda-open, .appt");
  const height = (field()?.clientHeight ?? 0) / Math.max(1, totalRows());
  if (target) box.scrollTop = Math.max(0, rowOf(target) * height - box.clientHeight / 3);
}

let looked: { top: number; left: number; day: string } | null = null;

function dayShown(): string {
  return columns().map((column) => column.dataset["day"]).join();
}

function settle(): void {
  rove();
  moveNowLine();
  scrollOnce();
}

/** Open an appointment in the dialog, wherever its link stands; take one's own hold up again in the strip. */
function onClick(event: MouseEvent): void {
  const hold = origin(event)?.closest<HTMLAnchorElement>("a[data-hold-link]");
  if (hold) {
    event.preventDefault();
    void htmx.ajax("GET", hold.href, { target: "#agenda-booking", swap: "outerHTML" });
    return;
  }
  const link = origin(event)?.closest<HTMLAnchorElement>("a[data-appointment-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const target = document.getElementById("agenda-dialog");
  if (!target) return;
  event.preventDefault();
  if (link.id) lastCell = link.id;
  void htmx.ajax("GET", link.href, { target: "#agenda-dialog", swap: "innerHTML" });
}

/** Open the browser's own calendar under its button; where there is none, give the field the keyboard. */
function onPickDate(event: MouseEvent): void {
  const field = origin(event)?.closest("[data-pick-date]")?.parentElement?.querySelector<HTMLInputElement>("input[type=date]");
  if (!field) return;
  try {
    field.showPicker();
  } catch {
    field.focus();
  }
}

ready(() => {
  document.addEventListener("keydown", (event) => {
    onArrow(event);
    onListArrow(event);
  });
  document.addEventListener("click", onClick);
  document.addEventListener("click", onPickDate);
  document.addEventListener("focusin", (event) => {
    const cell = origin(event)?.closest<HTMLElement>(`${GRID} [data-cell]`);
    if (cell && cell.id !== lastCell) {
      lastCell = cell.id;
      rove();
    }
  });
  document.body.addEventListener("htmx:afterSettle", settle);
  document.body.addEventListener("agenda-drawn", rove);
  // The same day again (a filter, a wider frame): stay where she was looking.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const box = grid();
    if (origin(event)?.id === "agenda-view" && box) looked = { top: box.scrollTop, left: box.scrollLeft, day: dayShown() };
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const box = grid();
    if (!looked || !box) return;
    if (looked.day === dayShown()) box.scrollTo({ ...looked, behavior: "instant" });
    looked = null;
  });
  window.setInterval(moveNowLine, MINUTE_MS / 2);
  settle();
});
