// What a screen reader hears of the telephone, each change once. The bar is swapped as a whole, and a live region
// that comes with its words is read twice or not at all: the words go to regions that nothing swaps.
import { ready } from "../../ui/islands/page";

type Role = "status" | "alert";
const SEEN_EMPTY_MS = 100; // a region is listened to from the moment that it was there without words
const FORGET_MS = 10_000;
let told: string[] = [];

/** Return the region of a role where it can be heard: what is behind a modal dialog is mute. */
function region(role: Role): HTMLElement {
  const place = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  const found = place.querySelector<HTMLElement>(`:scope > [data-said="${role}"]`);
  if (found) return found;
  const made = document.createElement("div");
  made.className = "visually-hidden";
  made.dataset["said"] = role;
  made.setAttribute("role", role);
  made.setAttribute("aria-atomic", "false"); // the new sentence alone, not those before it again
  place.append(made);
  return made;
}

/** Say a sentence, now; an alert interrupts. */
export function tell(sentence: string, role: Role = "status"): void {
  if (!sentence) return;
  const place = region(role);
  const line = document.createElement("p");
  line.textContent = sentence;
  window.setTimeout(() => place.append(line), SEEN_EMPTY_MS);
  window.setTimeout(() => line.remove(), FORGET_MS);
}

/** Say what the bar did not say before; when it only says less, say where that leaves her. */
function follow(): void {
  const bar = document.getElementById("phone-bar");
  if (!bar) return;
  const says = [...bar.querySelectorAll<HTMLElement>("[data-says]")];
  const now = says.map(words);
  const fresh = says.filter((one) => !told.includes(words(one)));
  const isLess = told.some((one) => !now.includes(one));
  told = now;
  for (const one of fresh.length || !isLess ? fresh : says.slice(0, 1)) if (one.dataset["says"] !== "already") tell(words(one));
}

function words(one: HTMLElement): string {
  return one.textContent?.trim() ?? "";
}

ready(() => {
  document.body.addEventListener("htmx:afterSettle", follow);
  follow();
});
