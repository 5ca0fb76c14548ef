// Could it stand there? First what the grid itself shows, at once; then, when the hand rests, what the engine says.
import { columns, grid, minuteAt, nowThere, rowOf, rowsOf } from "./agenda_grid";

export interface Spot {
  column: HTMLElement;
  row: number;
  rows: number;
}

export interface Verdict {
  free: boolean;
  said: string;
  sure: boolean; // the engine said so
  taken?: boolean; // by someone whom the grid shows
}

const STANDING = ".appt:not(.is-seat):not(.is-noshow), .agenda-session";

/** Judge by what is drawn: someone else, an absence, a closed hour, the past. */
export function judge(spot: Spot, but: string): Verdict {
  const words = grid()?.dataset ?? {};
  const end = spot.row + spot.rows;
  const meets = (each: Element): boolean => rowOf(each) < end && rowOf(each) + rowsOf(each) > spot.row;
  const no = (said: string): Verdict => ({ free: false, said, sure: false });
  const now = nowThere(words["zone"] ?? "UTC");
  const day = spot.column.dataset["day"] ?? "";
  if (day < now.day || (day === now.day && minuteAt(spot.row) < now.minute)) return no(words["saidPast"] ?? "");
  for (const each of spot.column.querySelectorAll(STANDING)) {
    if (each.id !== but && meets(each)) return { ...no((words["saidTaken"] ?? "").replace("%s", nameOf(each))), taken: true };
  }
  for (const each of spot.column.querySelectorAll(".agenda-absence")) {
    if (meets(each)) return no((words["saidAway"] ?? "").replace("%s", each.textContent ?? ""));
  }
  if (!isOpen(spot)) return no(words["saidClosed"] ?? "");
  return { free: true, said: words["saidFree"] ?? "", sure: false };
}

function nameOf(each: Element): string {
  const name = each.querySelector(".appt-name, .appt-type")?.textContent ?? "";
  const time = each.querySelector(".appt-time")?.textContent ?? "";
  return [name, time].filter(Boolean).join(", ");
}

function isOpen(spot: Spot): boolean {
  let from = spot.row;
  const open = [...spot.column.querySelectorAll(".agenda-open")].map((each) => [rowOf(each), rowOf(each) + rowsOf(each)] as const);
  for (const [start, end] of open.sort((a, b) => a[0] - b[0])) if (start <= from && end > from) from = end;
  return from >= spot.row + spot.rows;
}

/** The site that the opening under a place belongs to. */
export function siteAt(spot: Spot): string {
  for (const each of spot.column.querySelectorAll<HTMLElement>(".agenda-open")) {
    if (rowOf(each) <= spot.row && rowOf(each) + rowsOf(each) > spot.row) return each.dataset["site"] ?? "";
  }
  return "";
}

/** Write a place as the server reads it. */
export function spotValues(spot: Spot): Record<string, string> {
  const values: Record<string, string> = {
    practitioner: spot.column.dataset["practitioner"] ?? "",
    day: spot.column.dataset["day"] ?? "",
    minute: String(minuteAt(spot.row)),
  };
  const site = siteAt(spot);
  return site ? { ...values, site } : values;
}

/** Ask the engine; null when it could not be asked. */
export async function askEngine(address: string, spot: Spot, minutes: number, signal: AbortSignal): Promise<Verdict | null> {
  const query = new URLSearchParams({ ...spotValues(spot), minutes: String(minutes) });
  try {
    const answer = await fetch(`${address}?${query}`, { signal });
    if (!answer.ok) return null;
    const found = (await answer.json()) as { free: boolean; said: string };
    return { free: found.free, said: found.said || (grid()?.dataset["saidFree"] ?? ""), sure: true };
  } catch {
    return null;
  }
}

/** Name a column to whoever cannot see it: the practitioner, or the day. */
export function columnName(column: HTMLElement): string {
  const head = document.getElementById(column.getAttribute("aria-labelledby") ?? "");
  return head?.firstElementChild?.textContent ?? "";
}

export function columnBeside(column: HTMLElement, step: number): HTMLElement {
  const all = columns();
  return all[Math.max(0, Math.min(all.length - 1, all.indexOf(column) + step))] ?? column;
}
