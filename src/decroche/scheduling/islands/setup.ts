// The week of opening rules under the hand: draw a block, drag it, pull its edges; the same with the keyboard.
import { origin, ready } from "../../ui/islands/page";

const BOARD = "[data-week-board]";
const ROW_MINUTES = 5;
const STEP_ROWS = 3; // a quarter of an hour
const EDGE = 8; // pixels from a block's edge that pull it instead of moving it
const DAYS = 7;
const DAY_MINUTES = 1440;
const SLACK = 5; // pixels a pointer may tremble

type Pull = "draw" | "move" | "start" | "end";
interface Drag {
  pull: Pull;
  block: HTMLElement | null;
  grabbed: number; // row under the pointer when it went down
  day: number;
  from: number;
  to: number;
  first: { day: number; from: number; to: number };
  x: number;
  y: number;
  moved: boolean;
}

let drag: Drag | null = null;
let swallowClick = false;
let refocus = "";

function board(): HTMLElement | null {
  return document.querySelector<HTMLElement>(BOARD);
}

function rows(): number {
  return Number(board()?.dataset["rows"] ?? 0);
}

function firstMinute(): number {
  return Number(board()?.dataset["firstMinute"] ?? 0);
}

function number(element: Element, prefix: string): number {
  const name = [...element.classList].find((each) => new RegExp(`^${prefix}-\\d+$`).test(each));
  return name ? Number(name.slice(prefix.length + 1)) : 0;
}

function clock(row: number): string {
  const minute = (firstMinute() + row * ROW_MINUTES) % DAY_MINUTES;
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Which day and which quarter of an hour lie under the pointer. */
function under(event: PointerEvent): { day: number; row: number } | null {
  const columns = [...(board()?.querySelectorAll<HTMLElement>(".setup-col") ?? [])];
  const box = columns[0]?.getBoundingClientRect();
  if (!box || !columns.length) return null;
  const day = columns.findIndex((column) => event.clientX < column.getBoundingClientRect().right);
  const row = Math.round(((event.clientY - box.top) / box.height) * rows() / STEP_ROWS) * STEP_ROWS;
  return { day: day === -1 ? DAYS - 1 : day, row: Math.max(0, Math.min(rows(), row)) };
}

function place(element: HTMLElement, day: number, from: number, to: number): void {
  for (const name of [...element.classList]) if (/^(at|for|col)-\d+$/.test(name)) element.classList.remove(name);
  element.classList.add(`at-${from}`, `for-${Math.max(1, to - from)}`, `col-${day + 1}`);
}

function showGhost(): void {
  const ghost = document.getElementById("week-ghost");
  if (!ghost || !drag) return;
  place(ghost, drag.day, drag.from, drag.to);
  ghost.textContent = `${clock(drag.from)} – ${clock(drag.to)}`;
  ghost.hidden = false;
}

function hideGhost(): void {
  const ghost = document.getElementById("week-ghost");
  if (ghost) ghost.hidden = true;
  drag?.block?.classList.remove("is-dragged");
}

function pullOf(block: HTMLElement, event: PointerEvent): Pull {
  const box = block.getBoundingClientRect();
  if (event.clientY > box.bottom - EDGE) return "end";
  return event.clientY < box.top + EDGE ? "start" : "move";
}

function onDown(event: PointerEvent): void {
  if (event.button !== 0 || event.pointerType === "touch") return;
  const target = origin(event);
  const block = target?.closest<HTMLElement>(`${BOARD} .setup-block`) ?? null;
  const column = target?.closest<HTMLElement>(`${BOARD} .setup-col`) ?? null;
  const at = under(event);
  if ((!block && !column) || !at || block?.hasAttribute("data-fixed")) return;
  const day = block ? Number(block.dataset["weekday"]) : at.day;
  const from = block ? number(block, "at") : at.row;
  const to = block ? from + number(block, "for") : Math.min(rows(), at.row + STEP_ROWS * 2);
  drag = { pull: block ? pullOf(block, event) : "draw", block, grabbed: at.row, day, from, to, first: { day, from, to }, x: event.clientX, y: event.clientY, moved: false };
  if (!block) event.preventDefault();
}

function onMove(event: PointerEvent): void {
  if (!drag) return;
  if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLACK) return;
  const at = under(event);
  if (!at) return;
  drag.moved = true;
  const { first } = drag;
  if (drag.pull === "draw") {
    drag.from = Math.min(drag.grabbed, at.row);
    drag.to = Math.max(drag.grabbed, at.row, drag.from + STEP_ROWS);
  } else if (drag.pull === "end") drag.to = Math.max(first.from + STEP_ROWS, at.row);
  else if (drag.pull === "start") drag.from = Math.min(first.to - STEP_ROWS, at.row);
  else {
    const length = first.to - first.from;
    drag.from = Math.max(0, Math.min(rows() - length, first.from + at.row - drag.grabbed));
    drag.to = drag.from + length;
    drag.day = at.day;
  }
  drag.block?.classList.add("is-dragged");
  showGhost();
  event.preventDefault();
}

function onUp(): void {
  const done = drag;
  hideGhost();
  drag = null;
  if (!done?.moved) return;
  swallowClick = Boolean(done.block);
  window.setTimeout(() => (swallowClick = false), 0);
  if (done.pull === "draw") draw(done);
  else if (done.block) send(done.block, done.day, done.from, done.to);
}

function draw(found: Drag): void {
  const form = document.querySelector<HTMLFormElement>("#week-draw");
  if (!form) return;
  const values: Record<string, string> = { weekday: String(found.day), starts: clock(found.from), ends: clock(found.to) };
  for (const [name, value] of Object.entries(values)) (form.elements.namedItem(name) as HTMLInputElement).value = value;
  form.requestSubmit();
}

/** Put a block where it was dragged or pushed. */
function send(block: HTMLElement, day: number, from: number, to: number): void {
  const on = document.querySelector<HTMLInputElement>("#week-draw [name=on]")?.value ?? "";
  refocus = block.id;
  void htmx.ajax("POST", block.dataset["span"] ?? "", {
    target: "#rule-panel",
    swap: "outerHTML",
    values: { weekday: String(day), starts: clock(from), ends: clock(to), on },
  });
}

function onKey(event: KeyboardEvent): void {
  const block = origin(event)?.closest<HTMLElement>(`${BOARD} .setup-block`);
  if (!block) return;
  const on = document.querySelector<HTMLInputElement>("#week-draw [name=on]")?.value ?? "";
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    void htmx.ajax("POST", block.dataset["end"] ?? "", { target: "#rule-panel", swap: "outerHTML", values: { on } });
    return;
  }
  const up = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  const side = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
  if (!up && !side) return;
  event.preventDefault();
  if (!event.altKey) {
    neighbour(block, up, side)?.focus();
    return;
  }
  if (block.hasAttribute("data-fixed")) return;
  const from = number(block, "at");
  const to = from + number(block, "for");
  const day = (Number(block.dataset["weekday"]) + side + DAYS) % DAYS;
  if (event.shiftKey) send(block, day, from, Math.max(from + STEP_ROWS, Math.min(rows(), to + up * STEP_ROWS)));
  else if (from + up * STEP_ROWS >= 0 && to + up * STEP_ROWS <= rows()) send(block, day, from + up * STEP_ROWS, to + up * STEP_ROWS);
}

/** The next block of the same day, or the nearest of the next day that has any. */
function neighbour(block: HTMLElement, up: number, side: number): HTMLElement | undefined {
  const all = [...(board()?.querySelectorAll<HTMLElement>(".setup-block") ?? [])];
  if (up) {
    const own = all.filter((each) => number(each, "col") === number(block, "col"));
    return own[own.indexOf(block) + up];
  }
  for (let day = number(block, "col") + side; day >= 1 && day <= DAYS; day += side) {
    const there = all.filter((each) => number(each, "col") === day);
    const distance = (each: HTMLElement) => Math.abs(number(each, "at") - number(block, "at"));
    if (there.length) return there.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  }
  return undefined;
}

/** Days of the year: arrows go to the next day and the next week. */
function onYearKey(event: KeyboardEvent): void {
  const cell = origin(event)?.closest<HTMLElement>("[data-year] .yd");
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const step = steps[event.key];
  if (!cell || !step) return;
  const all = [...document.querySelectorAll<HTMLElement>("[data-year] .yd")];
  const next = all[all.indexOf(cell) + step];
  event.preventDefault();
  if (!next) return;
  roveYear(next);
  next.focus();
}

/** One day of the year answers to Tab: the last one visited, else today. */
function roveYear(chosen?: HTMLElement): void {
  const all = [...document.querySelectorAll<HTMLElement>("[data-year] .yd")];
  const current = chosen ?? all.find((cell) => cell.tabIndex === 0 && cell.hasAttribute("tabindex")) ?? all.find((cell) => cell.hasAttribute("aria-current")) ?? all[0];
  for (const cell of all) cell.tabIndex = cell === current ? 0 : -1;
}

/** Where what was just opened lies out of sight (a narrow screen), go to it. */
let opened = "";
function showAside(): void {
  const panel = opened ? document.getElementById(opened) : null;
  opened = "";
  if (!panel) return;
  const top = panel.getBoundingClientRect().top;
  if (top < 0 || top > window.innerHeight * 0.8) panel.scrollIntoView({ block: "start" });
}

ready(() => {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const target = origin(event);
    if (target?.closest(".setup-side") && ["rule-panel", "day-panel", "type-panel"].includes(target.id)) opened = target.id;
  });
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove);
  document.addEventListener("pointerup", onUp);
  document.addEventListener("pointercancel", () => {
    hideGhost();
    drag = null;
  });
  document.addEventListener("keydown", (event) => {
    onKey(event);
    onYearKey(event);
    if (event.key === "Escape" && drag) {
      hideGhost();
      drag = null;
    }
  });
  // A block let go is not a block clicked.
  document.addEventListener(
    "click",
    (event) => {
      if (!swallowClick || !origin(event)?.closest(`${BOARD} .setup-block`)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const preset = origin(event)?.closest<HTMLElement>("[data-fill]");
    if (!preset) return;
    const field = preset.closest("form")?.elements.namedItem(preset.dataset["fill"] ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    field.value = field.value ? `${field.value}, ${preset.dataset["value"]}` : (preset.dataset["value"] ?? "");
    field.focus();
  });
  document.addEventListener("change", (event) => {
    origin(event)?.closest<HTMLFormElement>("form[data-autosubmit]")?.requestSubmit();
  });
  document.addEventListener("focusin", (event) => {
    const cell = origin(event)?.closest<HTMLElement>("[data-year] .yd");
    if (cell) roveYear(cell);
  });
  // A refresh that nobody asked for leaves an open menu open, and whatever is being chosen in it.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    type Detail = { serverResponse: string; requestConfig: { verb: string } };
    const detail = (event as CustomEvent<Detail>).detail;
    if (detail.requestConfig.verb !== "get") return;
    for (const menu of origin(event)?.querySelectorAll<HTMLDetailsElement>("details.setup-menu[open][id]") ?? []) {
      detail.serverResponse = detail.serverResponse.replace(`<details id="${menu.id}"`, `<details open id="${menu.id}"`);
    }
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    roveYear();
    showAside();
    if (!refocus || !document.getElementById(refocus)) return;
    document.getElementById(refocus)?.focus({ preventScroll: true });
    refocus = "";
  });
  roveYear();
});
