// The agenda grid under the keyboard: arrows from cell to cell, a now-line that moves, a scroll that stays.
import { origin, ready } from "../../ui/islands/page";

const GRID = "[data-agenda]";
const ROW_MINUTES = 5;
const MINUTE_MS = 60_000;

let lastCell = ""; // the id of the cell that has the roving tabindex
let focusToKeep: string | null = null;
let scrolledFor = ""; // which day the grid was last scrolled for

function grid(): HTMLElement | null {
  return document.querySelector<HTMLElement>(GRID);
}

function cells(scope: ParentNode): HTMLElement[] {
  return [...scope.querySelectorAll<HTMLElement>("[data-cell]")];
}

/** One cell answers to Tab: the last one visited, else the first. */
function rove(): void {
  const box = grid();
  if (!box) return;
  const all = cells(box);
  const current = all.find((cell) => cell.id === lastCell) ?? all[0];
  for (const cell of all) cell.tabIndex = cell === current ? 0 : -1;
  // A grid without any cell must still scroll by keyboard.
  if (current) box.removeAttribute("tabindex");
  else box.tabIndex = 0;
}

function visit(cell: HTMLElement | undefined): void {
  if (!cell) return;
  lastCell = cell.id;
  rove();
  cell.focus();
}

function middle(cell: Element): number {
  const box = cell.getBoundingClientRect();
  return box.top + box.height / 2;
}

/** In the next column that has any cell, the one at the same height. */
function sideways(cell: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const columns = [...(grid()?.querySelectorAll<HTMLElement>("[data-column]") ?? [])];
  let index = columns.findIndex((column) => column.contains(cell)) + step;
  for (; index >= 0 && index < columns.length; index += step) {
    const there = cells(columns[index] as HTMLElement);
    if (there.length) {
      const height = middle(cell);
      return there.reduce((best, each) => (Math.abs(middle(each) - height) < Math.abs(middle(best) - height) ? each : best));
    }
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

/** Read the wall clock of the site: minutes after midnight. */
function minuteThere(zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date());
  const read = (kind: string) => Number(parts.find((part) => part.type === kind)?.value ?? "0");
  return read("hour") * 60 + read("minute");
}

function moveNowLine(): void {
  const box = grid();
  const line = document.getElementById("agenda-now");
  if (!box || !line) return;
  const first = Number(box.dataset["firstMinute"]);
  const row = Math.floor((minuteThere(box.dataset["zone"] ?? "UTC") - first) / ROW_MINUTES);
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
  const shown = `${location.pathname}${document.getElementById("agenda-view")?.getAttribute("hx-get") ?? ""}`;
  if (shown === scrolledFor) return;
  scrolledFor = shown;
  const line = document.getElementById("agenda-now");
  const target = line && !line.hidden ? line : box.querySelector<HTMLElement>(".agenda-open, .appt");
  if (target) box.scrollTop = Math.max(0, target.offsetTop - box.clientHeight / 3);
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
  // A cell that had the keyboard may be gone after a refresh (someone booked it): stay near it.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (origin(event)?.id !== "agenda-view") return;
    const active = document.activeElement;
    focusToKeep = active?.closest(GRID) && active.id ? active.id : null;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    settle();
    if (focusToKeep && document.activeElement === document.body) {
      const same = document.getElementById(focusToKeep) ?? grid()?.querySelector<HTMLElement>('[data-cell][tabindex="0"]');
      same?.focus({ preventScroll: true });
    }
    focusToKeep = null;
  });
  window.setInterval(moveNowLine, MINUTE_MS / 2);
  settle();
});
