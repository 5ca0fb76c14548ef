// The keyboard: any element that declares data-key answers to it; "?" lists them and lets one change them.
import { announce, origin, person, ready, usable } from "./page";

const STORE = `decroche-keys-${person()}`;
const FIELD = "input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=range]),textarea,select,[contenteditable]";
const PRESSED = "a,button,summary,label,input[type=checkbox],input[type=radio],input[type=submit],[role=tab],[role=button]";

type Changes = Record<string, string>; // declared key → chosen key
let changes: Changes = load();

function load(): Changes {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "{}") as Changes;
  } catch {
    return {};
  }
}

function store(): void {
  localStorage.setItem(STORE, JSON.stringify(changes));
}

/** Return the names an event may be declared under, the most exact first: AZERTY's digit row included. */
export function names(event: KeyboardEvent): string[] {
  const held = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = [held + key];
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit && !event.shiftKey) found.push(held + digit);
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter && event.altKey) found.push(held + letter.toLowerCase());
  return [...new Set(found)];
}

/** Return the key that now stands for the one an element declares. */
function chosen(declared: string): string {
  return changes[declared] ?? declared;
}

function normal(key: string): string {
  const parts = key === "+" ? ["+"] : key.split("+");
  const last = parts.pop() ?? "";
  return [...parts, last.length === 1 ? last.toLowerCase() : last].join("+");
}

function scopes(): ParentNode[] {
  const modals = [...document.querySelectorAll("dialog:modal")];
  const top = modals.at(-1);
  return top ? [top] : [document];
}

function find(pressed: string[]): HTMLElement | null {
  for (const scope of scopes()) {
    for (const element of scope.querySelectorAll<HTMLElement>("[data-key]")) {
      const declared = (element.dataset["key"] ?? "").split(" ").filter(Boolean);
      if (declared.some((key) => pressed.includes(normal(chosen(key)))) && usable(element)) return element;
    }
  }
  return null;
}

/** F-keys reach the page through an open dialog: a secretary may transfer with the emergency sheet open. */
function findBehind(pressed: string[]): HTMLElement | null {
  if (!pressed.some((name) => /^F\d+$/.test(name))) return null;
  return (
    [...document.querySelectorAll<HTMLElement>("[data-key]")].find(
      (element) =>
        pressed.includes(normal(chosen(element.dataset["key"] ?? ""))) &&
        !element.matches(":disabled") &&
        element.checkVisibility({ visibilityProperty: true }),
    ) ?? null
  );
}

function activate(element: HTMLElement): void {
  if (element.matches("[data-zone]")) return enterZone(element);
  if (element.matches(PRESSED)) {
    element.click();
    if (element.matches("summary")) element.focus();
    return;
  }
  element.focus();
  if (element instanceof HTMLInputElement && element.value) element.select();
}

/** Go to a zone: back to where she was in it, else to its first useful control. */
function enterZone(zone: HTMLElement): void {
  announce("zone-entered", { zone: zone.id });
  const last = zone.querySelector<HTMLElement>("[data-last-focus]");
  const first = zone.querySelector<HTMLElement>("[data-zone-start]");
  const target = [last, first].find((element) => element && usable(element)) ?? zone;
  target.focus();
}

function isTyping(event: Event): boolean {
  return origin(event)?.closest(FIELD) !== null && origin(event) !== null;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.getModifierState("AltGraph")) return;
  if (capturing) return capture(event);
  const pressed = names(event);
  const chord = event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key);
  if (isTyping(event) && (!chord || pressed[0] === "Ctrl+z")) return;
  if (event.repeat && !/^Arrow/.test(event.key)) return;
  const element = find(pressed) ?? findBehind(pressed);
  if (!element) return;
  event.preventDefault();
  activate(element);
}

// --- the "?" sheet ---------------------------------------------------------------------------

interface Line {
  declared: string;
  label: string;
}
let capturing: Line | null = null;

function lines(): Line[] {
  const found = new Map<string, Line>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-key][data-key-label]")) {
    for (const declared of (element.dataset["key"] ?? "").split(" ").filter(Boolean)) {
      if (/^[2-9]$/.test(declared) && found.has("1")) continue;
      if (!found.has(declared)) found.set(declared, { declared, label: element.dataset["keyLabel"] ?? "" });
    }
  }
  return [...found.values()].sort((a, b) => rank(a.declared).localeCompare(rank(b.declared)));
}

function rank(key: string): string {
  const number = /^F(\d+)$/.exec(key)?.[1];
  return number ? `0${number.padStart(2, "0")}` : key.includes("+") ? `1${key}` : `2${key}`;
}

export function drawKey(key: string): DocumentFragment {
  const drawn = document.createDocumentFragment();
  for (const part of key === "+" ? [key] : key.split("+")) {
    const kbd = document.createElement("kbd");
    kbd.className = "kbd";
    kbd.textContent = part.length === 1 && key.includes("+") ? part.toUpperCase() : part;
    drawn.append(kbd);
  }
  return drawn;
}

function drawSheet(): void {
  const list = document.querySelector<HTMLElement>("[data-keys-list]");
  if (!list) return;
  list.replaceChildren(
    ...lines().map((line) => {
      const item = document.createElement("li");
      const label = document.createElement("span");
      label.textContent = line.label;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet btn-sm";
      button.setAttribute("aria-label", `${line.label}: ${list.dataset["change"] ?? ""}`);
      button.append(line.declared === "1" ? drawKey("1–9") : drawKey(chosen(line.declared)));
      button.addEventListener("click", () => {
        capturing = line;
        button.textContent = list.dataset["press"] ?? "…";
      });
      item.append(label, button);
      return item;
    }),
  );
}

function capture(event: KeyboardEvent): void {
  const line = capturing;
  if (!line || ["Control", "Alt", "Shift", "Meta"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  const wanted = names(event)[0] ?? "";
  const taken = lines().some((other) => other.declared !== line.declared && normal(chosen(other.declared)) === wanted);
  capturing = null;
  if (event.key === "Delete" || wanted === normal(line.declared)) delete changes[line.declared];
  else if (event.key !== "Escape" && event.key !== "Tab" && event.key !== "Enter" && !taken) changes[line.declared] = wanted;
  store();
  drawSheet();
  relabel(document.body);
  if (taken) announce("toast", { text: document.querySelector<HTMLElement>("[data-keys-list]")?.dataset["taken"] ?? "" });
}

/** Show changed keys on the buttons that carry them. */
function relabel(scope: ParentNode): void {
  for (const element of scope.querySelectorAll<HTMLElement>("[data-key]")) {
    const declared = element.dataset["key"] ?? "";
    const shown = element.querySelectorAll("kbd.kbd");
    const first = shown[0];
    if (first && (declared in changes || element.dataset["keyChanged"] === "")) {
      element.dataset["keyChanged"] = "";
      [...shown].slice(1).forEach((kbd) => kbd.remove());
      first.replaceWith(drawKey(chosen(declared)));
    }
    element.setAttribute("aria-keyshortcuts", chosen(declared).replace("Ctrl", "Control").split(" ")[0] ?? "");
  }
}

ready(() => {
  window.addEventListener("keydown", onKey);
  window.addEventListener("focusin", (event) => {
    const zone = origin(event)?.closest("[data-zone]");
    if (!zone || zone === event.target) return;
    zone.querySelectorAll("[data-last-focus]").forEach((element) => element.removeAttribute("data-last-focus"));
    origin(event)?.setAttribute("data-last-focus", "");
  });
  document.body.addEventListener("htmx:afterSettle", (event) => relabel(origin(event) ?? document));
  relabel(document.body);
  document.addEventListener("click", (event) => {
    if (origin(event)?.closest("[data-keys-sheet]")) {
      drawSheet();
      document.querySelector<HTMLDialogElement>("#keys-sheet")?.showModal();
    }
    if (origin(event)?.closest("[data-keys-reset]")) {
      changes = {};
      store();
      drawSheet();
      relabel(document.body);
    }
  });
});
