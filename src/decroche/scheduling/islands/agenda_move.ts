// Move an appointment, or change how long it takes: with the mouse, with the keys, with a thumb. One machine, three hands.
import { announce, origin, ready } from "../../ui/islands/page";
import { ROW_MINUTES, clockFace, columns, field, grid, hands, layer, minuteAt, place, rowOf, rowsOf, speak, totalRows } from "./agenda_grid";
import { askEngine, columnBeside, columnName, judge, spotValues, type Spot, type Verdict } from "./agenda_judge";

const REST_MS = 220; // the hand rests: time to ask the engine
const EDGE_PX = 6; // the lower edge that changes the length
const FAR_PX = 5; // less is a click
const HOLD_MS = 450; // a thumb that stays

interface Move {
  id: string;
  version: string;
  card: HTMLElement;
  ghost: HTMLElement;
  from: Spot;
  spot: Spot;
  verdict: Verdict;
  byHand: boolean; // the pointer holds it; else keys or buttons do
}

let move: Move | null = null;
let resting = 0;
let asking: AbortController | null = null;

// --- the machine -----------------------------------------------------------------------------------------------------

function start(card: HTMLElement, byHand: boolean): Move | null {
  const column = card.closest<HTMLElement>(".agenda-col");
  const above = layer();
  if (move || !column || !above || !grid()?.dataset["drop"]) return null;
  const from = { column, row: rowOf(card), rows: rowsOf(card) };
  const ghost = drawGhost(card);
  move = { id: card.id.slice("appt-".length), version: card.dataset["move"] ?? "", card, ghost, from, spot: from, verdict: { free: true, said: "", sure: false }, byHand };
  hands.busy = true;
  card.classList.add("is-leaving");
  above.append(ghost);
  show();
  if (!byHand) {
    bar(true);
    speak(grid()?.dataset["saidStart"] ?? "");
  }
  return move;
}

function drawGhost(card: HTMLElement): HTMLElement {
  const ghost = document.createElement("div");
  ghost.className = `${card.className} is-ghost`;
  ghost.classList.remove("is-leaving", "is-past", "is-new", "is-edge");
  ghost.setAttribute("aria-hidden", "true");
  for (const part of card.children) ghost.append(part.cloneNode(true));
  const said = document.createElement("span");
  said.className = "ghost-said";
  ghost.append(said);
  return ghost;
}

/** Go somewhere: drawn at once, judged at once by what is drawn, and by the engine when the hand rests. */
function go(column: HTMLElement, row: number, rows: number): void {
  if (!move) return;
  const length = Math.max(1, Math.min(rows, totalRows()));
  const top = Math.max(0, Math.min(row, totalRows() - length));
  const { spot } = move;
  if (spot.column === column && spot.row === top && spot.rows === length) return;
  move.spot = { column, row: top, rows: length };
  show();
  asking?.abort();
  window.clearTimeout(resting);
  resting = window.setTimeout(() => void ask(), REST_MS);
}

function isHome(at: Move): boolean {
  return at.spot.column === at.from.column && at.spot.row === at.from.row && at.spot.rows === at.from.rows;
}

function show(): void {
  if (!move) return;
  move.verdict = isHome(move) ? { free: true, said: "", sure: true } : judge(move.spot, move.card.id);
  draw();
}

function draw(): void {
  if (!move) return;
  const { spot, ghost, verdict, byHand } = move;
  place(ghost, spot.row, spot.rows, spot.column);
  ghost.classList.toggle("is-refused", !verdict.free);
  ghost.classList.toggle("is-sure", verdict.sure && verdict.free);
  const when = `${clockFace(minuteAt(spot.row))} – ${clockFace(minuteAt(spot.row + spot.rows))}`;
  const time = ghost.querySelector(".appt-time");
  if (time) time.textContent = when;
  const said = ghost.querySelector(".ghost-said");
  if (said) said.textContent = verdict.free ? "" : verdict.said;
  if (byHand) return;
  write(".movebar-who", ghost.querySelector(".appt-name")?.textContent ?? "");
  write(".movebar-when", `${columnName(spot.column)}, ${when}`);
  write(".movebar-why", verdict.said);
  document.getElementById("agenda-movebar")?.classList.toggle("is-refused", !verdict.free);
  ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  speak(`${columnName(spot.column)}, ${when}. ${verdict.said}`);
}

function write(selector: string, text: string): void {
  const part = document.querySelector(`#agenda-movebar ${selector}`);
  if (part && part.textContent !== text) part.textContent = text;
}

async function ask(): Promise<void> {
  const address = grid()?.dataset["check"];
  if (!move || !address || isHome(move)) return;
  const spot = move.spot;
  asking = new AbortController();
  const verdict = await askEngine(address.replace("/0/", `/${move.id}/`), spot, spot.rows * ROW_MINUTES, asking.signal);
  if (!verdict || move?.spot !== spot) return;
  const named = !move.verdict.free && !verdict.free && move.verdict.taken; // the grid knows by whom
  move.verdict = named ? { ...move.verdict, sure: true } : verdict;
  draw();
}

/** Put it down: the server has the last word; a refusal brings it back and says why. */
async function drop(): Promise<void> {
  const address = grid()?.dataset["drop"];
  if (!move || !address) return;
  if (isHome(move)) return leave(false);
  const held = move;
  const { id, version, spot, from, ghost } = held;
  if (!held.verdict.free && !held.verdict.sure) await ask(); // in the engine's words
  if (move !== held || held.spot !== spot) return;
  if (!held.verdict.free) return refuse(held.verdict.said);
  ghost.classList.add("is-saving");
  const keepLength = spot.rows === from.rows;
  const values: Record<string, string> = { ...spotValues(spot), version };
  if (!keepLength) values["minutes"] = String(spot.rows * ROW_MINUTES);
  finish(ghost);
  try {
    await htmx.ajax("POST", address.replace("/0/", `/${id}/`), { values, target: "#agenda-said", swap: "none" });
  } catch {
    ghost.remove();
    refuse(grid()?.dataset["saidLost"] ?? "");
  }
}

/** The hands are free again; the ghost stays where it was put until the columns have been read again. */
function finish(ghost: HTMLElement): void {
  const card = move?.card;
  end();
  card?.classList.add("is-leaving");
  const gone = (): void => {
    ghost.remove();
    card?.classList.remove("is-leaving");
    document.body.removeEventListener("agenda-drawn", gone);
    document.body.removeEventListener("agenda-refused", gone);
  };
  document.body.addEventListener("agenda-drawn", gone);
  document.body.addEventListener("agenda-refused", gone);
  window.setTimeout(gone, 2500);
}

function refuse(said: string): void {
  leave(true);
  announce("toast", { text: [said, grid()?.dataset["saidLeft"]].filter(Boolean).join(" "), seconds: 8 });
}

function leave(quietly: boolean): void {
  move?.ghost.remove();
  if (move && !quietly) speak(grid()?.dataset["saidLeft"] ?? "");
  const card = move?.card;
  end();
  if (document.activeElement === document.body) card?.focus({ preventScroll: true });
}

function end(): void {
  window.clearTimeout(resting);
  asking?.abort();
  const card = move?.card;
  const byKeys = move !== null && !move.byHand;
  card?.classList.remove("is-leaving");
  move = null;
  bar(false);
  if (byKeys) card?.focus({ preventScroll: true });
  hands.busy = false;
  announce("agenda-free-hands");
}

function bar(open: boolean): void {
  const found = document.getElementById("agenda-movebar");
  if (found) found.hidden = !open;
}

// --- the keys, and the buttons that stand for them -------------------------------------------------------------------

function nudge(how: string): void {
  if (!move) return;
  const { column, row, rows } = move.spot;
  const hour = 60 / ROW_MINUTES;
  const steps: Record<string, () => void> = {
    up: () => go(column, row - 1, rows),
    down: () => go(column, row + 1, rows),
    left: () => go(columnBeside(column, -1), row, rows),
    right: () => go(columnBeside(column, 1), row, rows),
    earlier: () => go(column, row - hour, rows),
    later: () => go(column, row + hour, rows),
    shorter: () => go(column, row, rows - 1),
    longer: () => go(column, row, rows + 1),
    drop: () => void drop(),
    leave: () => leave(false),
  };
  steps[how]?.();
}

const KEYS: Record<string, string> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", PageUp: "earlier", PageDown: "later", Enter: "drop", Escape: "leave" };
const SHIFTED: Record<string, string> = { ArrowUp: "shorter", ArrowDown: "longer" };

function onKey(event: KeyboardEvent): void {
  if (!move) return;
  if (origin(event)?.closest("#agenda-movebar") && ["Enter", " ", "Tab"].includes(event.key)) return;
  if (event.key === "Tab" && !move.byHand) return void document.querySelector<HTMLElement>("#agenda-movebar button")?.focus();
  if (/^F\d+$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return; // the telephone goes first
  const how = (event.shiftKey ? SHIFTED : KEYS)[event.key];
  event.preventDefault();
  event.stopPropagation();
  if (how && (!move.byHand || how === "leave")) nudge(how);
}

// --- the mouse and the thumb -----------------------------------------------------------------------------------------

interface Grip {
  card: HTMLElement;
  x: number;
  y: number;
  above: number; // from the card's top to the pointer
  resize: boolean;
  pointer: number;
}

let grip: Grip | null = null;
let thumb = 0;
let frame = 0;
let last: PointerEvent | null = null;
let justDragged = false;

function movable(event: Event): HTMLElement | null {
  return origin(event)?.closest<HTMLElement>(".agenda-col .appt[data-move]") ?? null;
}

function onEdge(card: HTMLElement, y: number): boolean {
  const box = card.getBoundingClientRect();
  return box.bottom - y <= Math.min(EDGE_PX, box.height / 3);
}

function onDown(event: PointerEvent): void {
  justDragged = false;
  const card = movable(event);
  if (!card || event.button !== 0 || move) return;
  if (event.pointerType === "touch") {
    thumb = window.setTimeout(() => {
      start(card, false);
      justDragged = true;
    }, HOLD_MS);
    grip = { card, x: event.clientX, y: event.clientY, above: 0, resize: false, pointer: event.pointerId };
    return;
  }
  const above = event.clientY - card.getBoundingClientRect().top;
  grip = { card, x: event.clientX, y: event.clientY, above, resize: onEdge(card, event.clientY), pointer: event.pointerId };
}

function onMove(event: PointerEvent): void {
  if (!grip) return event.pointerType === "mouse" ? hover(event) : undefined;
  const far = Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > FAR_PX;
  if (event.pointerType === "touch") {
    if (far) window.clearTimeout(thumb); // she scrolls
    return;
  }
  if (!move && far) {
    // The ghost has the pointer, and so its cursor: one that the grid had would be handed down to every cell of it.
    start(grip.card, true)?.ghost.setPointerCapture(grip.pointer);
  }
  if (!move?.byHand) return;
  event.preventDefault();
  last = event;
  frame ||= requestAnimationFrame(follow);
}

/** Once a frame: scroll near the edges, then stand under the pointer, on the nearest five minutes. */
function follow(): void {
  frame = 0;
  const box = grid();
  const inside = field();
  if (!move || !grip || !last || !box || !inside) return;
  if (scrollNear(box, last)) frame = requestAnimationFrame(follow);
  const area = inside.getBoundingClientRect();
  const height = area.height / totalRows();
  if (grip.resize) {
    const end = Math.round((last.clientY - area.top) / height);
    return go(move.from.column, move.from.row, end - move.from.row);
  }
  go(columnUnder(last.clientX), Math.round((last.clientY - grip.above - area.top) / height), move.from.rows);
}

function columnUnder(x: number): HTMLElement {
  const all = columns();
  const found = all.find((column) => x < column.getBoundingClientRect().right) ?? all.at(-1);
  return found as HTMLElement;
}

function scrollNear(box: HTMLElement, event: PointerEvent): boolean {
  const area = box.getBoundingClientRect();
  const pull = (at: number, low: number, high: number): number => (at < low + 40 ? -1 : at > high - 40 ? 1 : 0) * 12;
  const down = pull(event.clientY, area.top + 44, area.bottom);
  const right = pull(event.clientX, area.left + 52, area.right);
  const before = box.scrollTop + box.scrollLeft;
  if (down || right) box.scrollBy({ top: down, left: right, behavior: "instant" });
  return box.scrollTop + box.scrollLeft !== before;
}

function onUp(event: PointerEvent): void {
  window.clearTimeout(thumb);
  const held = grip;
  grip = last = null;
  if (!held || !move?.byHand) return;
  justDragged = true;
  window.setTimeout(() => (justDragged = false), 0);
  if (event.type === "pointercancel") leave(true);
  else void drop();
}

let edged: HTMLElement | null = null;

/** Show, before she presses, that the lower edge changes the length. */
function hover(event: PointerEvent): void {
  const card = movable(event);
  const near = card && onEdge(card, event.clientY) ? card : null;
  if (near === edged) return;
  edged?.classList.remove("is-edge");
  near?.classList.add("is-edge");
  edged = near;
}

ready(() => {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove);
  document.addEventListener("pointerup", onUp);
  document.addEventListener("pointercancel", onUp);
  document.addEventListener("dragstart", (event) => {
    if (movable(event)) event.preventDefault();
  });
  document.addEventListener("contextmenu", (event) => {
    if (move && !move.byHand && movable(event)) event.preventDefault(); // a thumb that stays opens no menu
  });
  document.addEventListener("click", (event) => {
    const how = origin(event)?.closest<HTMLElement>("[data-nudge]")?.dataset["nudge"];
    if (how) return nudge(how);
    if (origin(event)?.closest("[data-move-focused]")) {
      const card = document.activeElement?.closest<HTMLElement>("[data-agenda] .appt");
      if (card?.dataset["move"]) start(card, false);
      else if (card) speak(grid()?.dataset["saidCannot"] ?? "");
      return;
    }
    const column = origin(event)?.closest<HTMLElement>(".agenda-col");
    if (!justDragged && move && !move.byHand && column) tapped(event, column);
    if (justDragged || (move && column)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
});

/** While buttons or keys hold it, a tap in the grid puts it there. */
function tapped(event: MouseEvent, column: HTMLElement): void {
  const area = field()?.getBoundingClientRect();
  if (!move || !area) return;
  go(column, Math.floor((event.clientY - area.top) / (area.height / totalRows())), move.spot.rows);
}
