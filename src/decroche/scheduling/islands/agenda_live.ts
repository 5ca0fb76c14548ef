// The grid follows what others do: it reads again the columns that changed, at most one answer per burst of changes.
// Five hundred screens may hear of the same booking: each waits a little, by chance, and those that show other days do nothing.
import { announce, origin, ready } from "../../ui/islands/page";
import { cells, columns, grid, hands, rowOf, strip } from "./agenda_grid";

const SOON_MS = 25; // after one's own act
const CALM_MS = 40;
const CHANCE_MS = 60;
const BURST_MS = 900; // no more often than this when changes pour in
const BURST_CHANCE_MS = 500;

type Wanted = Set<string> | "all";
interface Hint {
  practice_id?: number | null;
  practitioner_id?: number;
  date?: string;
}

let wanted: Wanted | null = null;
let timer = 0;
let dueAt = 0;
let asking = false;
let lastAt = 0;
/** How many answers were asked for: a story counts them. */
let asked = 0;

function view(): HTMLElement | null {
  return document.getElementById("agenda-view");
}

function want(keys: Wanted, mine = false): void {
  if (keys !== "all" && !keys.size) return;
  wanted = keys === "all" || wanted === "all" ? "all" : new Set([...(wanted ?? []), ...keys]);
  const now = performance.now();
  const since = now - lastAt;
  const wait = mine ? SOON_MS : since < BURST_MS ? BURST_MS - since + Math.random() * BURST_CHANCE_MS : CALM_MS + Math.random() * CHANCE_MS;
  if (timer && dueAt <= now + wait) return; // one is coming sooner already
  window.clearTimeout(timer);
  dueAt = now + wait;
  timer = window.setTimeout(() => void run(), wait);
}

/** Read again what was wanted while hands were busy. */
export function resume(): void {
  if (wanted && !timer) want(wanted, true);
}

async function run(): Promise<void> {
  timer = 0;
  const shown = view();
  if (!wanted || !shown) return void (wanted = null);
  if (hands.busy || asking) return; // whoever ends calls resume()
  const keys = wanted;
  wanted = null;
  asking = true;
  lastAt = performance.now();
  asked += 1;
  document.documentElement.dataset["agendaReads"] = String(asked);
  try {
    await read(shown, keys);
  } finally {
    asking = false;
    resume();
  }
}

async function read(shown: HTMLElement, keys: Wanted): Promise<void> {
  const source = shown.dataset["source"] ?? "";
  const query = strip();
  const frame = shown.dataset["frame"];
  if (frame) query.set("frame", frame);
  if (keys !== "all") query.set("only", [...keys].join(","));
  let text = "";
  try {
    const answer = await fetch(`${source}${source.includes("?") ? "&" : "?"}${query}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    text = await answer.text();
  } catch {
    return; // offline: the strip above the page says so, and everything is read again on return
  }
  if (view() !== shown || shown.dataset["source"] !== source) return; // she went elsewhere meanwhile
  if (hands.busy) return want(keys, true);
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (fresh.getElementById("agenda-view")) htmx.swap("#agenda-view", text, { swapStyle: "outerHTML" });
  else exchange(shown, fresh);
}

/** Put in the columns that say something new, and nothing else. */
function exchange(shown: HTMLElement, fresh: Document): void {
  let changed = 0;
  for (const column of fresh.querySelectorAll<HTMLElement>(".agenda-col")) {
    const old = document.getElementById(column.id);
    if (!old || old.dataset["sum"] === column.dataset["sum"]) continue;
    replace(old, column);
    changed += 1;
  }
  for (const head of fresh.querySelectorAll<HTMLElement>(".agenda-colhead")) {
    const old = document.getElementById(head.id);
    if (old && !old.isEqualNode(head)) old.replaceWith(head);
  }
  const sentence = fresh.getElementById("agenda-instead");
  if (!sentence) shown.querySelector("#agenda-instead")?.remove();
  if (changed) announce("agenda-drawn", { changed });
}

/** Exchange one column's cells; the keyboard stays where it was, and what has just come shows itself once. */
function replace(old: HTMLElement, column: HTMLElement): void {
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && old.contains(active) ? active : null;
  const before = new Set([...old.querySelectorAll(".appt")].map((each) => each.id));
  for (const each of column.querySelectorAll(".appt")) if (!before.has(each.id)) each.classList.add("is-new");
  // The column stays and its cells change: a new neighbour would have every other column styled again (`legend + *`).
  for (const { name, value } of column.attributes) old.setAttribute(name, value);
  old.replaceChildren(...column.childNodes);
  if (!focused) return;
  const row = rowOf(focused);
  const there = cells(old);
  const same = document.getElementById(focused.id) ?? there.sort((a, b) => Math.abs(rowOf(a) - row) - Math.abs(rowOf(b) - row))[0];
  same?.focus({ preventScroll: true });
}

/** Name the columns that a hint is about; a hint that names nobody is about all. */
function touched(hint: Hint): Wanted {
  if (!hint.practitioner_id || !grid()) return "all";
  const keys = columns()
    .filter((column) => column.dataset["practitioner"] === String(hint.practitioner_id) && (!hint.date || column.dataset["day"] === hint.date))
    .map((column) => column.id.slice("col-".length));
  return new Set(keys);
}

ready(() => {
  const body = document.body;
  body.addEventListener("live-agenda", (event) => {
    const hint = (event as CustomEvent<Hint>).detail;
    if (String(hint.practice_id ?? "") === view()?.dataset["practice"]) want(touched(hint));
  });
  body.addEventListener("live-resync", () => want("all"));
  body.addEventListener("agenda-changed", () => want("all", true));
  body.addEventListener("agenda-moved", (event) => {
    const keys = (event as CustomEvent<{ columns?: string[] }>).detail.columns;
    want(keys?.length ? new Set(keys) : "all", true);
  });
  body.addEventListener("agenda-free-hands", resume);
  // A hold that runs out on the screen is gone for everybody: look again, each after a little while of its own.
  body.addEventListener("timer-done", (event) => {
    const id = (event as CustomEvent<{ id?: string }>).detail.id ?? "";
    const column = id.startsWith("left-") ? document.getElementById(id)?.closest<HTMLElement>(".agenda-col") : null;
    if (column) window.setTimeout(() => want(new Set([column.id.slice("col-".length)])), 300 + Math.random() * 1200);
  });
  // A whole view put in by htmx has read everything.
  body.addEventListener("htmx:afterSwap", (event) => {
    if (origin(event)?.id === "agenda-view") wanted = null;
  });
});
