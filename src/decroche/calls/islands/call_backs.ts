// A list worked off by keyboard: j and k go from caller to caller, Enter calls the one who is under the keyboard.

const FIELD = "input, textarea, select, [contenteditable]";

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-owed-list] > [data-owed]")];
}

function step(by: number): void {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest(FIELD)) return;
  if (document.querySelector("dialog:modal") || !document.querySelector("[data-owed-list]")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.matches("[data-owed]")) {
    event.preventDefault();
    event.target.querySelector<HTMLElement>("[data-owed-go]")?.click();
  }
});

export {};
