// Move among patients by arrows, open the first by Enter, begin again by Escape; keep the desk's hidden field in step.

const BOX = "patient-text";

function box(): HTMLInputElement | null {
  return document.getElementById(BOX) as HTMLInputElement | null;
}

function hits(list: Element): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("button, a")];
}

function beginAgain(): void {
  const field = box();
  if (!field) {
    history.back();
    return;
  }
  field.value = "";
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function moveWithin(list: Element, from: HTMLElement, step: number): void {
  const all = hits(list);
  const next = all[all.indexOf(from) + step];
  if (next) next.focus();
  else if (step < 0) box()?.focus();
}

document.addEventListener("keydown", (event) => {
  const at = event.target as HTMLElement;
  const list = at.closest<HTMLElement>("[data-roving]");
  if (event.defaultPrevented && event.key !== "ArrowUp") return;
  if (at.id === BOX) {
    const first = document.querySelector<HTMLElement>("#patient-hits button");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Escape" && (at as HTMLInputElement).value) {
      event.preventDefault();
      event.stopPropagation();
      beginAgain();
    }
  } else if (list) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const handled = event.defaultPrevented; // the desk moves among its rows by itself, but knows no box above them
      event.preventDefault();
      if (!handled || hits(list)[0] === at) moveWithin(list, at, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && list.id === "patient-hits") {
      event.preventDefault();
      box()?.focus();
    }
  }
});

// Enter in the box: the search runs at once, and its first hit takes the focus, so a second Enter opens it.
let enterPressed = false;
document.addEventListener("submit", (event) => {
  if ((event.target as HTMLElement).classList.contains("patient-search")) enterPressed = true;
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  const target = (event as CustomEvent<{ target: HTMLElement }>).detail.target;
  if (target?.id !== "patient-result") return;
  if (enterPressed) {
    enterPressed = false;
    document.querySelector<HTMLElement>("#patient-hits button")?.focus();
    return;
  }
  const warning = target.querySelector<HTMLElement>(".patient-form [role=alert]");
  if (warning) {
    warning.scrollIntoView({ block: "start" });
    target.querySelector<HTMLElement>("#patient-hits button")?.focus({ preventScroll: true });
    return;
  }
  const wrong = target.querySelector<HTMLElement>(".is-invalid");
  const fresh = target.querySelector<HTMLElement>(".patient-form input:not([type=hidden])");
  if (wrong) wrong.focus();
  else if (fresh && !target.contains(document.activeElement)) fresh.focus();
});

document.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).closest?.("[data-patient-again]")) beginAgain();
});

document.body.addEventListener("patient-chosen", (event) => {
  const chosen = (event as CustomEvent<{ patient_id?: number }>).detail?.patient_id;
  const field = document.getElementById("desk-patient") as HTMLInputElement | null;
  if (field && chosen !== undefined) field.value = String(chosen);
  const typed = box();
  if (typed) typed.value = "";
});

export {};
