// The booking strip under the keyboard: open the criteria, leave the typed time by Escape, keep toggles in step.
import { origin, ready } from "../../ui/islands/page";

const ASK = "#booking-ask";

function choices(): HTMLFormElement | null {
  return document.querySelector<HTMLFormElement>("#booking-choices");
}

/** Show or hide the criteria where they stand; the server keeps them as they are from the next answer on. */
function toggleChoices(button: HTMLElement): void {
  const form = choices();
  if (!form) return;
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  const more = form.querySelector<HTMLInputElement>("#booking-more");
  if (more) more.value = form.hidden ? "" : "1";
  const select = document.querySelector<HTMLSelectElement>("#booking-with");
  if (select) select.hidden = select.disabled = !form.hidden;
  if (!form.hidden) form.querySelector<HTMLElement>("input:not([type=hidden]),select")?.focus();
  else button.focus();
}

/** "The first who is free" and the names exclude one another; so do the closed list and the names. */
function keepInStep(field: Element): void {
  const names = [...(choices()?.querySelectorAll<HTMLInputElement>("[data-with]") ?? [])];
  const any = choices()?.querySelector<HTMLInputElement>("[data-any-with]");
  if (field.matches("#booking-with")) for (const name of names) name.checked = false;
  if (field.matches("[data-any-with]")) for (const name of names) name.checked = false;
  if (field.matches("[data-with]") && any) any.checked = !names.some((name) => name.checked);
  if (field.matches("#half-am, #half-pm") && (field as HTMLInputElement).checked) {
    for (const other of choices()?.querySelectorAll<HTMLInputElement>("#half-am, #half-pm") ?? []) other.checked = other === field;
  }
}

/** Escape steps back once: out of the criteria, out of a field; only then does it leave what the strip shows. */
function onEscape(event: KeyboardEvent): void {
  const field = origin(event);
  if (event.key !== "Escape" || event.defaultPrevented || !(field instanceof HTMLElement)) return;
  const more = document.querySelector<HTMLElement>("[data-more]");
  if (field.closest("#booking-choices") && more) toggleChoices(more);
  else if (!field.matches("#agenda-booking :is(input:not([type=checkbox], [type=radio]), select, textarea)")) return;
  event.preventDefault();
  event.stopPropagation();
  const start = "#agenda-booking [data-zone-start], #agenda-booking .booking-item, #agenda-booking button:not([data-more])";
  document.querySelector<HTMLElement>(start)?.focus();
}

ready(() => {
  document.addEventListener("click", (event) => {
    const button = origin(event)?.closest<HTMLElement>("[data-more]");
    if (button) toggleChoices(button);
  });
  // Before htmx hears the change and sends the form.
  document.addEventListener("change", (event) => {
    const field = origin(event);
    if (field?.closest("#booking-choices, .booking-head")) keepInStep(field);
  }, true);
  document.addEventListener("keydown", onEscape, true);
  document.body.addEventListener("htmx:afterSettle", () => {
    // An unread time is mended where it was typed.
    const field = document.querySelector<HTMLInputElement>(`${ASK}[autofocus]`);
    if (field && document.activeElement === field) field.select();
  });
});
