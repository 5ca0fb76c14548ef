// Small things several islands need: the page's person, cookies, ready.

/** Run once the document is parsed (the bundle is deferred, so usually at once). */
export function ready(work: () => void): void {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", work, { once: true });
  else work();
}

/** Return whether an element can be seen and used now. */
export function usable(element: Element): boolean {
  if (element.matches(":disabled,[aria-disabled=true],[inert] *")) return false;
  return element.hasAttribute("data-key-always") || element.checkVisibility({ visibilityProperty: true });
}

/** Keep a choice about the look in a cookie for a year, so that the server paints it at first. */
export function remember(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${secure}`;
}

/** Return whose screen this is ("0" for nobody): choices in localStorage are kept per person. */
export function person(): string {
  return document.body.dataset["person"] ?? "0";
}

/** Return the element an event started from, when it is one. */
export function origin(event: Event): Element | null {
  return event.target instanceof Element ? event.target : null;
}

/** When the page was last told each thing, in performance.now()'s milliseconds. */
export const announced = new Map<string, number>();

/** Tell the whole page something. */
export function announce(name: string, detail: unknown = {}): void {
  announced.set(name, performance.now());
  document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}
