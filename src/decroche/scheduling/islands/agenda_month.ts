// The month under the arrows, and the printed list's tools.
import { origin, ready } from "../../ui/islands/page";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function onKey(event: KeyboardEvent): void {
  const day = origin(event)?.closest<HTMLElement>("[data-month-day]");
  if (!day || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = [...document.querySelectorAll<HTMLElement>("[data-month-day]")];
  const at = all.indexOf(day);
  const edges: Record<string, number> = { Home: at - (at % 7), End: at - (at % 7) + 6 };
  const wanted = event.key in STEPS ? at + (STEPS[event.key] ?? 0) : edges[event.key];
  if (wanted === undefined) return;
  event.preventDefault();
  const next = all[wanted];
  if (!next) return;
  day.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function remembered(): HTMLSelectElement | null {
  return document.querySelector<HTMLSelectElement>("select[data-remember]");
}

ready(() => {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (origin(event)?.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    const form = origin(event)?.closest<HTMLFormElement>("form[data-paper]");
    if (!form) return;
    const choice = remembered();
    if (choice) localStorage.setItem(choice.dataset["remember"] ?? "", choice.value);
    form.requestSubmit();
  });
  // The practice's choice about visit types on paper stays with this machine's printer.
  const choice = remembered();
  if (!choice || new URLSearchParams(location.search).has("reasons")) return;
  const kept = localStorage.getItem(choice.dataset["remember"] ?? "");
  if (kept === null || kept === choice.value) return;
  choice.value = kept;
  choice.form?.requestSubmit();
});
