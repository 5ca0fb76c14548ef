// Times that run: data-since counts up, data-until counts down (and moves a progress bar).
import { announce, ready } from "./page";

function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

function tick(): void {
  const now = Date.now();
  for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
    write(element, clock((now - Date.parse(element.dataset["since"] ?? "")) / 1000));
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-until]")) countDown(element, now);
}

function countDown(element: HTMLElement, now: number): void {
  const left = (Date.parse(element.dataset["until"] ?? "") - now) / 1000;
  if (element instanceof HTMLProgressElement) {
    element.value = Math.max(0, Math.min(1, left / Number(element.dataset["total"] ?? "1")));
  } else {
    write(element, left > 0 ? clock(left + 0.999) : (element.dataset["done"] ?? clock(0)));
  }
  if (left <= 0 && element.dataset["over"] !== "") {
    element.dataset["over"] = "";
    announce("timer-done", { id: element.id });
  }
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text && !text.includes("NaN")) element.textContent = text;
}

ready(() => {
  tick();
  window.setInterval(tick, 1000);
  document.body.addEventListener("htmx:afterSettle", tick);
  document.body.addEventListener("agenda-drawn", tick);
});
