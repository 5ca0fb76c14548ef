// What arrives may be older than news that came while it travelled: a part that would have read itself again does so.
import { announced, ready } from "./page";

interface Exchange {
  elt: HTMLElement;
  xhr: XMLHttpRequest;
  requestConfig: { elt: Element };
}

const sentAt = new WeakMap<XMLHttpRequest, number>();
const followed = new Set<string>();
const toldBy = new Map<string, XMLHttpRequest | null>(); // the answer whose own header was the last to tell it
let handled: XMLHttpRequest | null = null;

function exchange(event: Event): Exchange {
  return (event as CustomEvent<Exchange>).detail;
}

/** Return the names that make this part read itself again: "live-phone from:body, every 60s" gives live-phone and every. */
export function triggersOf(part: Element): string[] {
  const triggers = (part.getAttribute("hx-trigger") ?? "").split(",");
  return triggers.map((one) => /^[\w-]+/.exec(one.trim())?.[0] ?? "");
}

/** Keep when each news came, whoever tells it: our live channel, an island, or an answer's own header. */
function listenFor(part: Element): void {
  for (const name of triggersOf(part)) {
    if (!name.includes("-") || followed.has(name)) continue; // ours have a hyphen; the browser's and htmx's have none
    followed.add(name);
    document.body.addEventListener(name, () => {
      announced.set(name, performance.now());
      toldBy.set(name, handled);
    });
  }
}

/** Return whether a part of an answer missed news that came after it was asked for, its own news apart. */
function isBehind(part: Element, sent: number, answer: XMLHttpRequest): boolean {
  return triggersOf(part).some((name) => (announced.get(name) ?? -1) >= sent && toldBy.get(name) !== answer);
}

function readAgain(part: Element): void {
  void htmx.ajax("GET", part.getAttribute("hx-get") ?? "", { source: part });
}

function onSettled(event: Event): void {
  const { elt, xhr, requestConfig } = exchange(event);
  const sent = sentAt.get(xhr);
  if (sent === undefined || !elt.isConnected) return;
  const parts = [elt, ...elt.querySelectorAll("[hx-get][hx-trigger]")].filter((one) => one.matches("[hx-get][hx-trigger]"));
  for (const part of parts) {
    const isReading = part === requestConfig.elt || triggersOf(part).includes("load"); // what came meanwhile, it asks for itself
    if (!isReading && isBehind(part, sent, xhr)) readAgain(part);
    listenFor(part);
  }
}

ready(() => {
  document.querySelectorAll("[hx-get][hx-trigger]").forEach(listenFor);
  document.body.addEventListener("htmx:beforeSend", (event) => sentAt.set(exchange(event).xhr, performance.now()));
  document.body.addEventListener("htmx:beforeOnLoad", (event) => (handled = exchange(event).xhr));
  document.body.addEventListener("htmx:afterOnLoad", () => (handled = null));
  document.body.addEventListener("htmx:afterSettle", onSettled);
});
