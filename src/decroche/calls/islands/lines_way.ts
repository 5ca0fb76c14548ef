// The picture of a line: its form opens beside the station, Escape closes it, and the story lights the stations it passes.
import { origin, ready } from "../../ui/islands/page";

const NARROW = window.matchMedia("(max-width: 1099px)");
const slot = (): HTMLElement | null => document.getElementById("slot");

/** Put the form's place under its station on a narrow screen, under the picture on a wide one. */
function place(name: string): void {
  const box = slot();
  const station = document.getElementById(`station-${name}`);
  if (!box || !station) return;
  const home = NARROW.matches ? station.parentElement : box.closest(".line-way-panel");
  if (home && box.parentElement !== home) home.append(box);
}

function mark(name: string | null): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-station]")) {
    one.setAttribute("aria-expanded", String(one.dataset["station"] === name));
  }
}

function close(): void {
  const box = slot();
  const open = document.querySelector<HTMLElement>('[data-station][aria-expanded="true"]');
  if (!box?.firstElementChild) return;
  box.replaceChildren();
  mark(null);
  open?.focus();
}

function light(): void {
  const lit = new Set((document.getElementById("asked")?.dataset["lit"] ?? "").split(" "));
  for (const one of document.querySelectorAll<HTMLElement>("[data-station]")) {
    one.classList.toggle("is-lit", lit.has(one.dataset["station"] ?? ""));
  }
}

function settle(): void {
  if (!document.querySelector("[data-line-way]")) return;
  light();
  const open = document.querySelector<HTMLElement>('[data-station][aria-expanded="true"]');
  if (open && slot()?.firstElementChild) place(open.dataset["station"] ?? "");
  keyRows();
}

/** Show, beside each key of the menu, only what its action needs. */
function keyRows(): void {
  for (const choice of document.querySelectorAll<HTMLSelectElement>("[data-key-action]")) {
    const row = choice.closest<HTMLElement>("[data-key-row]");
    if (row) row.dataset["does"] = choice.value;
  }
}

ready(() => {
  settle();
  document.addEventListener("click", (event) => {
    const from = origin(event);
    const station = from?.closest<HTMLElement>("[data-station]");
    if (station) {
      place(station.dataset["station"] ?? "");
      mark(station.dataset["station"] ?? null);
    }
    if (from?.closest("[data-way-close]") && slot()?.firstElementChild) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    const from = origin(event);
    if (event.key === "Escape" && from?.closest("#slot")) {
      event.preventDefault();
      close();
    }
    if (event.key === "Enter" && from?.id === "f-hours-week") {
      event.preventDefault();
      from.closest("form")?.querySelector<HTMLButtonElement>('button[name="fill"]')?.click();
    }
  });
  document.addEventListener("change", (event) => {
    if (origin(event)?.matches("[data-key-action]")) keyRows();
  });
  document.body.addEventListener("htmx:afterSettle", () => settle());
});
