// The week of a line: each day's band follows what is typed, and a period may be drawn on it.
import { origin, ready } from "../../ui/islands/page";

const SVG = "http://www.w3.org/2000/svg";
const DAY = 1440;
const STEP = 15;
let drawing: { band: SVGSVGElement; from: number; to: number } | null = null;

const minutes = (text: string): number | null => {
  const found = /^(\d\d):(\d\d)/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
};
const clock = (at: number): string =>
  `${String(Math.floor((at % DAY) / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;

const periods = (band: Element): HTMLElement[] => [
  ...(band.closest("[data-hours-day]")?.querySelectorAll<HTMLElement>("[data-periods] > .line-hours-period") ?? []),
];
const fields = (period: HTMLElement): HTMLInputElement[] => [...period.querySelectorAll("input")];

function rectangle(x: number, width: number, name: string): SVGElement {
  const box = document.createElementNS(SVG, "rect");
  for (const [key, value] of Object.entries({ x, y: 0, width, height: 10, class: name })) {
    box.setAttribute(key, String(value));
  }
  return box;
}

function draw(band: SVGSVGElement): void {
  band.querySelectorAll(".band-open, .band-new").forEach((old) => old.remove());
  for (const period of periods(band)) {
    const [first, last] = fields(period).map((field) => minutes(field.value));
    if (first == null || last == null) continue;
    const end = last || DAY;
    if (end > first) band.insertBefore(rectangle(first, end - first, "band-open"), band.lastElementChild);
  }
  if (drawing?.band === band) {
    const [from, to] = [drawing.from, drawing.to].sort((a, b) => a - b) as [number, number];
    band.append(rectangle(from, Math.max(to - from, STEP), "band-new"));
  }
}

/** Give the day one period more (an empty one is used first), and return its two fields. */
function add(band: Element): HTMLInputElement[] {
  const all = periods(band);
  const empty = all.find((period) => fields(period).every((field) => !field.value));
  if (empty) return fields(empty);
  const model = all[0];
  if (!model) return [];
  const fresh = model.cloneNode(true) as HTMLElement;
  fields(fresh).forEach((field) => (field.value = ""));
  model.parentElement?.append(fresh);
  return fields(fresh);
}

function at(band: SVGSVGElement, event: PointerEvent): number {
  const box = band.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  return Math.round((share * DAY) / STEP) * STEP;
}

ready(() => {
  document.addEventListener("input", (event) => {
    const band = origin(event)?.closest("[data-hours-day]")?.querySelector<SVGSVGElement>("[data-band]");
    if (band) draw(band);
  });
  document.addEventListener("click", (event) => {
    const button = origin(event)?.closest("[data-add-period]");
    const band = button?.closest("[data-hours-day]")?.querySelector("[data-band]");
    if (band) add(band)[0]?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    const band = origin(event)?.closest<SVGSVGElement>("[data-band]");
    if (!band || event.button !== 0) return;
    event.preventDefault();
    const from = at(band, event);
    drawing = { band, from, to: from };
    band.setPointerCapture(event.pointerId);
    draw(band);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    drawing.to = at(drawing.band, event);
    draw(drawing.band);
  });
  document.addEventListener("pointerup", () => {
    if (!drawing) return;
    const { band, from, to } = drawing;
    drawing = null;
    if (Math.abs(to - from) >= STEP * 2) {
      const [first, last] = add(band);
      if (first && last) {
        first.value = clock(Math.min(from, to));
        last.value = clock(Math.max(from, to));
      }
    }
    draw(band);
  });
});
