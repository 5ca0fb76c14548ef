// When the server or the network fails: a friendly strip, nothing typed is lost, and the screen catches up by itself.
import { announce, origin, ready } from "./page";

let closing = 0;

function say(kind: "offline" | "failed" | "refused" | "gone" | "back", seconds = 0): void {
  const strip = document.getElementById("net-strip");
  const text = strip?.querySelector(".net-text");
  if (!strip || !text) return;
  window.clearTimeout(closing);
  text.textContent = strip.dataset[kind] ?? "";
  strip.classList.toggle("is-good", kind === "back");
  strip.dataset["kind"] = kind;
  strip.hidden = false;
  if (seconds) closing = window.setTimeout(() => (strip.hidden = true), seconds * 1000);
}

function isQuiet(event: Event): boolean {
  return origin(event)?.closest("[data-quiet]") != null;
}

ready(() => {
  const body = document.body;
  body.addEventListener("htmx:responseError", (event) => {
    const status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
    if (isQuiet(event)) return;
    if (status === 404 || status === 410) say("gone", 8);
    else if (status >= 500) say("failed", 12);
    else say("refused", 10);
  });
  body.addEventListener("htmx:sendError", () => say("offline"));
  body.addEventListener("htmx:timeout", () => say("failed", 12));
  body.addEventListener("live-lost", () => say("offline"));
  body.addEventListener("live-connected", () => {
    const strip = document.getElementById("net-strip");
    if (strip && !strip.hidden && strip.dataset["kind"] === "offline") say("back", 3);
  });
  window.addEventListener("offline", () => say("offline"));
  document.addEventListener("click", (event) => {
    if (origin(event)?.closest("[data-net-close]")) document.getElementById("net-strip")?.setAttribute("hidden", "");
    const copied = origin(event)?.closest<HTMLElement>("[data-copy]");
    if (copied) void navigator.clipboard.writeText(copied.dataset["copy"] ?? "").then(() => announce("copied", {}));
    const row = origin(event)?.closest<HTMLElement>("tr[data-href]");
    if (row && !origin(event)?.closest("a,button,input,label")) location.assign(row.dataset["href"] ?? "");
  });
});
