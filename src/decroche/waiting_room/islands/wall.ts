// The wall: a clock that runs, a chime for each new call once somebody has allowed it, and a word when news stop coming.
import { origin, ready } from "../../ui/islands/page";

const STALE_AFTER_MS = 15_000;
const NOTES = [659.25, 523.25];

let sound: AudioContext | null = null;
let heard = new Set<string>();

function calls(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-call]")].map((call) => call.dataset["call"] ?? "");
}

function ring(context: AudioContext): void {
  NOTES.forEach((pitch, index) => {
    const start = context.currentTime + index * 0.32;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.25, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.95);
  });
}

function showClock(wall: HTMLElement, format: Intl.DateTimeFormat): void {
  const clock = document.getElementById("wall-clock");
  const [hour, minute] = format.formatToParts(new Date()).filter((part) => /hour|minute/.test(part.type));
  const between = wall.dataset["lang"] === "en" ? ":" : "\u202fh\u202f";
  const text = `${Number(hour?.value)}${between}${minute?.value ?? ""}`;
  if (clock && clock.textContent !== text) clock.textContent = text;
}

function watch(wall: HTMLElement): void {
  const format = new Intl.DateTimeFormat("fr", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: wall.dataset["timezone"],
  });
  const stale = document.getElementById("wall-stale");
  let lastNews = Date.now();
  let since = "";
  heard = new Set(calls());
  const news = (event: Event) => {
    const detail = (event as CustomEvent<{ successful?: boolean }>).detail;
    if (!detail.successful) return;
    lastNews = Date.now();
    since = document.getElementById("wall-clock")?.textContent ?? "";
    if (stale) stale.hidden = true;
    wall.classList.remove("is-without-news");
  };
  document.body.addEventListener("htmx:afterRequest", news);
  document.body.addEventListener("htmx:afterSettle", () => {
    const shown = calls();
    if (sound && shown.some((call) => !heard.has(call))) ring(sound);
    heard = new Set(shown);
    showClock(wall, format);
  });
  window.setInterval(() => {
    showClock(wall, format);
    const text = stale?.querySelector("span");
    if (!stale || !text || Date.now() - lastNews < STALE_AFTER_MS) return;
    text.textContent = `${stale.dataset["text"] ?? ""} ${since}`.trim();
    stale.hidden = false;
    wall.classList.add("is-without-news");
  }, 1000);
  since = document.getElementById("wall-clock")?.textContent ?? "";
  showClock(wall, format);
}

/** A tablet that nobody touches goes back to its first page: nothing half-typed waits for the next person. */
function leaveWhenIdle(kiosk: HTMLElement): void {
  const home = kiosk.dataset["home"] ?? location.pathname;
  const idle = 60_000;
  let timer = 0;
  const again = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      kiosk.querySelector("form")?.reset();
      location.replace(home);
    }, idle);
  };
  for (const name of ["pointerdown", "keydown", "input"]) window.addEventListener(name, again);
  // Coming back by the browser's own button shows a fresh page, never the one that was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.replace(home);
  });
  if (kiosk.querySelector("form")) again();
}

ready(() => {
  const wall = document.querySelector<HTMLElement>("[data-wall]");
  if (wall) watch(wall);
  const kiosk = document.querySelector<HTMLElement>("[data-kiosk]");
  if (kiosk) leaveWhenIdle(kiosk);
  document.addEventListener("click", (event) => {
    const button = origin(event)?.closest<HTMLElement>("[data-wall-sound]");
    if (!button) return;
    sound = new AudioContext();
    ring(sound);
    button.setAttribute("aria-pressed", "true");
    button.hidden = true;
  });
});
