// Native dialogs and menus: open by data-dialog, close by data-close, a click outside or Esc.
import { origin, ready } from "./page";

function openSwappedIn(scope: ParentNode): void {
  for (const dialog of scope.querySelectorAll<HTMLDialogElement>("dialog[data-open]")) {
    dialog.removeAttribute("data-open");
    if (!dialog.open) dialog.showModal();
  }
}

function onClick(event: MouseEvent): void {
  const target = origin(event);
  if (!target) return;
  const opener = target.closest<HTMLElement>("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset["dialog"] ?? "");
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement && target.open && !target.querySelector("form[data-draft]") && isOutside(target, event)) {
    target.close();
  }
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (!menu.contains(target) || target.closest("a.menu-item,[data-keys-sheet],[data-menu-close]")) shut(menu);
  }
}

/** Shut a menu; the keyboard goes back to where it was opened from. */
function shut(menu: HTMLDetailsElement): void {
  if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
  menu.open = false;
}

function isOutside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

ready(() => {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
      event.preventDefault();
    }
  });
  document.body.addEventListener("htmx:afterSettle", (event) => openSwappedIn(origin(event)?.parentElement ?? document));
  document.addEventListener("close", (event) => {
    const dialog = event.target;
    if (dialog instanceof HTMLDialogElement && dialog.hasAttribute("data-remove-on-close")) dialog.remove();
  }, true);
  openSwappedIn(document);
});
