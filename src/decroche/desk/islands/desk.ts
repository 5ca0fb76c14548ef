// What is on the desk: a call brings its practice before it is answered, and nothing typed is ever lost.
import { isBusyTyping } from "../../ui/islands/drafts";
import { origin, ready } from "../../ui/islands/page";
import { choose } from "../../ui/islands/tabs";

interface InHand {
  state: string;
  call: string | null;
  practice: number | null;
}

let asking = 0;

function desk(): HTMLElement | null {
  return document.getElementById("desk");
}

/** Return the call whose panels are on screen. */
function shownCall(): string {
  return document.getElementById("zone-call")?.dataset["call"] ?? "";
}

async function ask(): Promise<InHand | null> {
  const address = desk()?.dataset["now"];
  if (!address) return null;
  const mine = ++asking;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok || mine !== asking) return null;
    return (await answer.json()) as InHand;
  } catch {
    return null; // offline: live-resync asks again
  }
}

/** Put the call's practice on screen; while she types before answering, only show that it rings. */
async function follow(): Promise<void> {
  const hand = await ask();
  if (!hand?.call || !hand.practice || hand.call === shownCall()) return;
  if (hand.state === "wrap_up" && shownCall() !== "") return;
  if (hand.state === "ringing" && isTypingSomething()) showRingingOnly();
  else await open(`/desk/calls/${hand.call}/`);
}

function isTypingSomething(): boolean {
  if (isBusyTyping() || document.querySelector("dialog:modal form")) return true;
  const active = document.activeElement;
  return active instanceof HTMLTextAreaElement && active.value.trim() !== "";
}

function showRingingOnly(): void {
  const slot = document.getElementById("slot-current") ?? document.getElementById("slot-ringing");
  const address = desk()?.dataset["current"];
  if (slot && address) void htmx.ajax("GET", address, { source: slot, target: slot, swap: "innerHTML" });
}

async function open(address: string): Promise<void> {
  document.querySelectorAll<HTMLDialogElement>("#desk-dialogs dialog[open], #palette[open]").forEach((box) => box.close());
  await htmx.ajax("GET", address, { source: "#desk", target: "#desk", swap: "innerHTML" });
  if (!location.pathname.endsWith("/desk/")) history.replaceState(null, "", "/desk/");
}

/** Keep only the practices whose words all begin with what is typed. */
function filter(input: HTMLInputElement): void {
  const list = document.querySelector(input.dataset["filter"] ?? "");
  if (!list) return;
  const words = plain(input.value).split(" ").filter(Boolean);
  let shown = 0;
  for (const item of list.querySelectorAll<HTMLElement>("li")) {
    const text = ` ${plain(item.dataset["text"] ?? "")}`;
    item.hidden = !words.every((word) => text.includes(` ${word}`));
    if (!item.hidden) shown += 1;
  }
  document.getElementById(`${list.id}-none`)?.toggleAttribute("hidden", shown > 0);
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function onFilterKey(event: KeyboardEvent, input: HTMLInputElement): void {
  const links = [...document.querySelectorAll<HTMLElement>(`${input.dataset["filter"]} li:not([hidden]) a`)];
  if (event.key === "Enter") links[0]?.click();
  else if (event.key === "ArrowDown") links[0]?.focus();
  else if (event.key === "Escape" && input.value) {
    input.value = "";
    filter(input);
  } else return;
  event.preventDefault();
}

/** Up and down through a list of rows, as in any list. */
function onRowKey(event: KeyboardEvent, row: HTMLElement): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const rows = [...(row.closest("ul")?.querySelectorAll<HTMLElement>("li:not([hidden]) > .row-link") ?? [])];
  if (!step || rows.length < 2) return;
  event.preventDefault();
  const next = rows[rows.indexOf(row) + step];
  if (next) next.focus();
  else if (step < 0) document.querySelector<HTMLElement>("[data-filter]")?.focus();
}

/** A fold that was just opened takes the keyboard at its first field. */
function enterFold(panel: Element): void {
  panel.querySelector<HTMLElement>("textarea,select,input:not([type=hidden])")?.focus();
}

/** Give the room back: a message that has left closes the fold it was written in. */
function leaveFold(event: Event): void {
  const fold = origin(event)?.closest<HTMLDetailsElement>("#compose-fold");
  if (!fold) return;
  fold.open = false;
  fold.querySelector("summary")?.focus();
}

function showTab(zone: string): void {
  const tab = document.querySelector<HTMLElement>(`.desk-tab[aria-controls="${zone}"]`);
  if (tab && tab.checkVisibility()) choose(tab);
}

ready(() => {
  if (!desk()) return;
  const body = document.body;
  for (const name of ["live-ringing", "live-phone", "live-resync"]) body.addEventListener(name, () => void follow());
  document.addEventListener("visibilitychange", () => document.hidden || void follow());
  body.addEventListener("call-finished", () => {
    const between = desk()?.dataset["between"];
    if (between && !isTypingSomething()) void open(between);
  });
  body.addEventListener("message-sent", leaveFold);
  body.addEventListener("patient-chosen", () => showTab("zone-patient"));
  body.addEventListener("zone-entered", (event) => showTab((event as CustomEvent<{ zone: string }>).detail.zone));
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.dataset["filter"]) filter(event.target);
  });
  document.addEventListener("keydown", (event) => {
    const target = origin(event);
    if (target instanceof HTMLInputElement && target.dataset["filter"]) onFilterKey(event, target);
    else if (target instanceof HTMLElement && target.matches(".row-link")) onRowKey(event, target);
  });
  document.addEventListener("toggle", (event) => {
    const fold = event.target;
    if (fold instanceof HTMLDetailsElement && fold.open && fold.id === "compose-fold") enterFold(fold.querySelector("#slot-compose") ?? fold);
  }, true);
  body.addEventListener("htmx:afterSettle", (event) => {
    const panel = origin(event);
    const fold = document.querySelector<HTMLDetailsElement>("#compose-fold");
    if (fold?.open && panel?.matches("#slot-compose, #slot-compose > *")) enterFold(document.getElementById("slot-compose") ?? panel);
    const filterBox = document.querySelector<HTMLInputElement>("[data-filter]");
    if (filterBox?.value) filter(filterBox);
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    if (origin(event)?.id === "desk") showTab("zone-call");
  });
});
