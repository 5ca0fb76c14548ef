// What the telephone says on the bar, kept when a refreshed bar has lost it.
import { tell } from "./said";

let warning = "";
let offersToTake = false;
let words = "";
let title = "";

/** Return what the bar tells the telephone: state, call, addresses, sentences. */
export function config(): DOMStringMap | null {
  return document.getElementById("softphone")?.dataset ?? null;
}

/** Return a sentence of the bar. */
export function sentence(key: string): string {
  return config()?.[`t${key}`] ?? "";
}

export function say(key: string): void {
  const next = sentence(key) || words;
  if (next !== words) tell(next);
  words = next;
  show();
}

/** Warn in words; with ``canTake`` offer to take the phone from another tab. */
export function warn(text: string, canTake = false): void {
  if (text !== warning) tell(text, "alert");
  warning = text;
  offersToTake = canTake && text !== "";
  show();
}

export function warned(): string {
  return warning;
}

/** Put back what a refreshed bar has lost. */
export function show(): void {
  const box = document.querySelector<HTMLElement>("[data-softphone-warning]");
  if (box) {
    const text = box.querySelector<HTMLElement>("[data-softphone-warning-text]") ?? box;
    if (text.textContent !== warning) text.textContent = warning;
    box.hidden = warning === "";
    const take = box.querySelector<HTMLButtonElement>('[data-softphone="take"]');
    if (take) {
      take.hidden = !offersToTake;
      take.textContent = sentence("TakeHere");
    }
  }
  const told = document.querySelector<HTMLElement>("[data-my-phone-state]");
  const state = warning || words;
  if (told && told.textContent !== state) told.textContent = state;
}

/** Show on the button whether the microphone is shut, when this page is who shuts it. */
export function showMute(muted: boolean): void {
  const button = document.querySelector<HTMLElement>('[data-softphone="mute"]');
  if (!button) return;
  button.setAttribute("aria-pressed", String(muted));
  const word = button.querySelector<HTMLElement>("[data-softphone-word]");
  if (word) word.textContent = sentence(muted ? "Unmute" : "Mute");
}

export function flashTitle(): void {
  title = document.title;
  document.title = `☎ ${title}`;
}

export function restoreTitle(): void {
  if (title) document.title = title;
  title = "";
}
