// What the agenda's islands share: where a cell stands, which column, which minute, and whose hands are busy.

export const ROW_MINUTES = 5;
const DAY_MINUTES = 24 * 60;

/** While something is being moved, or a question is open, nothing is redrawn under it. */
export const hands = { busy: false };

export function grid(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-agenda]");
}

export function field(): HTMLElement | null {
  return document.getElementById("agenda-grid");
}

export function columns(): HTMLElement[] {
  return [...(field()?.querySelectorAll<HTMLElement>(":scope > .agenda-col") ?? [])];
}

export function cells(scope: ParentNode): HTMLElement[] {
  return [...scope.querySelectorAll<HTMLElement>("[data-cell]")];
}

function numberIn(element: Element, pattern: RegExp): number {
  return Number(pattern.exec(element.className)?.[1] ?? "0");
}

/** The row a cell begins at, and how many it takes: the generated classes say so, without asking for a layout. */
export const rowOf = (element: Element): number => numberIn(element, /\bat-(\d+)\b/);
export const rowsOf = (element: Element): number => numberIn(element, /\bfor-(\d+)\b/);

/** Put an element at a place of the grid. */
export function place(element: Element, row: number, rows: number, column: HTMLElement): void {
  for (const name of [...element.classList]) if (/^(?:at|for|col|lane)-\d/.test(name)) element.classList.remove(name);
  element.classList.add(`at-${row}`, `for-${rows}`, `col-${column.dataset["column"] ?? "1"}`);
}

/** What lies above the columns: the ghost of what is moved, the answer to a question. */
export function layer(): HTMLElement | null {
  return field()?.querySelector<HTMLElement>(":scope > .agenda-layer") ?? null;
}

export function totalRows(): number {
  return Number(grid()?.dataset["rows"] ?? "0");
}

/** The wall minute of the day that a row begins at. */
export function minuteAt(row: number): number {
  return Number(grid()?.dataset["firstMinute"] ?? "0") + row * ROW_MINUTES;
}

/** Write a wall minute as the screen's language does: 9 h 30 or 09:30. */
export function clockFace(minute: number): string {
  const hours = Math.floor((minute % DAY_MINUTES) / 60);
  const rest = String(minute % 60).padStart(2, "0");
  if (document.documentElement.lang.startsWith("en")) return `${String(hours).padStart(2, "0")}:${rest}`;
  return `${hours}\u202fh${minute % 60 ? `\u202f${rest}` : ""}`;
}

interface Now {
  day: string;
  minute: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>(); // a zone's rules take the browser longer than a frame to load

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    clocks.set(zone, clock);
  }
  return clock;
}

/** Read the wall clock of the agenda's zone. */
export function nowThere(zone: string): Now {
  const parts = clockOf(zone).formatToParts(new Date());
  const read = (kind: string): string => parts.find((part) => part.type === kind)?.value ?? "0";
  return { day: `${read("year")}-${read("month")}-${read("day")}`, minute: Number(read("hour")) * 60 + Number(read("minute")) };
}

/** Say something to whoever does not look at the grid. */
export function speak(text: string): void {
  const said = document.getElementById("agenda-said");
  if (said) said.textContent = text;
}

/** Add what the booking strip holds (visit type, hold…) to a question's address. */
export function strip(): URLSearchParams {
  const found = new URLSearchParams();
  for (const input of document.querySelectorAll<HTMLInputElement>("input#booking-state, #booking-state input")) {
    if (input.name && input.value) found.append(input.name, input.value);
  }
  return found;
}
