// Follow /live/ and tell the page: live-<topic>, live-<topic>-<audience id>, live-resync after an absence.
import { announce, ready } from "./page";

interface Hint {
  t: string;
  p?: number;
  u?: number;
  s?: number;
  ids?: Record<string, string | number | null>;
}

const STALE_AFTER_MS = 3000;
const URGENT = new Set(["ringing", "phone", "calls"]);
const LONGEST_PAUSE_MS = 30_000;

let source: EventSource | null = null;
let wasConnected = false;
let pause = 1000;
let staleTimer = 0;
const held = new Map<string, Hint>();

function tell(hint: Hint): void {
  const detail = { ...(hint.ids ?? {}), practice_id: hint.p ?? hint.ids?.["practice_id"] ?? null };
  announce(`live-${hint.t}`, detail);
  const audience = hint.p ?? hint.u ?? hint.s;
  if (audience !== undefined) announce(`live-${hint.t}-${audience}`, detail);
}

/** Keep only the last of each kind while nobody looks at the tab; calls are told at once. */
function receive(hint: Hint): void {
  if (!document.hidden || URGENT.has(hint.t)) return tell(hint);
  const key = `${hint.t}-${hint.p ?? hint.u ?? hint.s}`;
  const before = held.get(key);
  // Two different things changed: say only that something did, so that nothing is left out.
  const same = !before || JSON.stringify(before.ids) === JSON.stringify(hint.ids);
  if (same) return void held.set(key, hint);
  const { ids: _, ...bare } = hint;
  held.set(key, bare);
}

function flush(): void {
  if (document.hidden) return;
  const waiting = [...held.values()];
  held.clear();
  waiting.forEach(tell);
}

function setConnected(connected: boolean): void {
  window.clearTimeout(staleTimer);
  if (connected) {
    document.documentElement.removeAttribute("data-offline");
    document.querySelectorAll("[data-stale]").forEach((element) => element.classList.remove("is-stale"));
    announce("live-connected");
    return;
  }
  staleTimer = window.setTimeout(() => {
    document.documentElement.setAttribute("data-offline", "");
    document.querySelectorAll("[data-stale]").forEach((element) => element.classList.add("is-stale"));
    announce("live-lost");
  }, STALE_AFTER_MS);
}

function connect(address: string): void {
  source?.close();
  source = new EventSource(address);
  source.addEventListener("hello", () => {
    pause = 1000;
    setConnected(true);
    if (wasConnected) announce("live-resync");
    wasConnected = true;
  });
  source.addEventListener("resync", () => announce("live-resync"));
  source.addEventListener("hint", (event) => {
    try {
      receive(JSON.parse((event as MessageEvent<string>).data) as Hint);
    } catch {
      announce("live-resync"); // unreadable: read everything again rather than miss something
    }
  });
  source.addEventListener("error", () => {
    setConnected(false);
    if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    window.setTimeout(() => connect(address), pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  });
}

ready(() => {
  const address = document.body.dataset["live"];
  if (!address) return;
  connect(address);
  document.addEventListener("visibilitychange", flush);
  window.addEventListener("online", () => connect(address));
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) connect(address);
  });
});
