// One sentence that passes, with an undo: HX-Trigger {"toast": {"text", "undo", "seconds"}} or a "toast" event.
import { announce, ready } from "./page";

interface Toast {
  text?: string;
  undo?: string;
  seconds?: number;
}

function show(toast: Toast): void {
  const shelf = document.getElementById("toasts");
  if (!shelf || !toast.text) return;
  while (shelf.children.length >= 3) shelf.firstElementChild?.remove();
  const box = document.createElement("div");
  box.className = "toast-calm";
  const text = document.createElement("span");
  text.textContent = toast.text;
  box.append(text);
  if (toast.undo) box.append(undoButton(box, shelf, toast.undo));
  shelf.append(box);
  // A modal dialog would hide the shelf: bring it to the top layer above it.
  if (document.querySelector("dialog:modal") && shelf.showPopover) {
    shelf.popover = "manual";
    shelf.showPopover();
  }
  keepFor(box, (toast.seconds ?? (toast.undo ? 10 : 5)) * 1000);
}

function undoButton(box: HTMLElement, shelf: HTMLElement, address: string): HTMLButtonElement {
  shelf.querySelectorAll("[data-key]").forEach((older) => older.removeAttribute("data-key"));
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-sm";
  button.dataset["key"] = "Ctrl+z";
  button.textContent = shelf.dataset["undo"] ?? "";
  button.addEventListener("click", () => {
    box.remove();
    void htmx.ajax("POST", address, { target: "body", swap: "none" });
  });
  return button;
}

/** Wait, but not while she points at it or has it under the keyboard. */
function keepFor(box: HTMLElement, milliseconds: number): void {
  let timer = window.setTimeout(leave, milliseconds);
  function leave(): void {
    box.remove();
    const shelf = document.getElementById("toasts");
    if (shelf && !shelf.childElementCount && shelf.matches(":popover-open")) shelf.hidePopover();
  }
  const stay = () => window.clearTimeout(timer);
  const resume = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(leave, 3000);
  };
  box.addEventListener("pointerenter", stay);
  box.addEventListener("focusin", stay);
  box.addEventListener("pointerleave", resume);
  box.addEventListener("focusout", resume);
}

ready(() => {
  document.body.addEventListener("toast", (event) => show((event as CustomEvent<Toast>).detail));
});

export function toast(text: string): void {
  announce("toast", { text });
}
