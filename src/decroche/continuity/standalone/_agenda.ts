// Draw the opened fortnight: one day at a time, a table for each practitioner; the lines written since, beside it.

export interface Appointment {
  id: number;
  version: number;
  practitioner: number;
  start: string;
  minutes: number;
  status: string;
  type: string;
  site: string;
  patient: string;
  born: string;
  phone: string;
  forced: boolean;
  with: string;
}

export interface Agenda {
  practice: { id: number; name: string; phone: string; timezone: string; address: string };
  madeAt: string;
  firstDay: string;
  days: number;
  practitioners: { id: number; name: string }[];
  types: { id: number; name: string; minutes: number }[];
  appointments: Appointment[];
  absences: { practitioner: number; start: string; end: string; reason: string }[];
}

export interface Line {
  client_id: string;
  kind: "book" | "cancel" | "arrived" | "note";
  captured_at: string;
  practitioner_id?: number | null;
  appointment_id?: number | null;
  shown_version?: number | null;
  visit_type_id?: number | null;
  starts_at?: string | null;
  duration_minutes?: number | null;
  last_name?: string;
  first_names?: string;
  birth_date?: string | null;
  phone?: string;
  note?: string;
}

const lang = document.documentElement.lang;

function piece(id: string): HTMLElement {
  return (document.getElementById(id) as HTMLTemplateElement).content.firstElementChild?.cloneNode(true) as HTMLElement;
}

function put(scope: HTMLElement, name: string, text: string): void {
  const place = scope.querySelector<HTMLElement>(`[data-put="${name}"]`);
  if (place) place.textContent = text;
}

/** Write a moment on the practice's wall clock, whatever this machine's zone. */
export function clock(moment: string, zone: string): string {
  return new Intl.DateTimeFormat(lang, { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}

function dayOf(moment: string, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(moment));
}

function wordDay(day: string): string {
  return new Intl.DateTimeFormat(lang, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" }).format(new Date(`${day}T12:00:00Z`));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function option(select: HTMLSelectElement, value: string, text: string): void {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  select.append(made);
}

function fillOnce(agenda: Agenda): void {
  const days = document.getElementById("day") as HTMLSelectElement;
  if (days.options.length) return;
  const today = dayOf(new Date().toISOString(), agenda.practice.timezone);
  for (let n = 0; n < agenda.days; n++) {
    const date = new Date(`${agenda.firstDay}T12:00:00Z`);
    date.setUTCDate(date.getUTCDate() + n);
    option(days, date.toISOString().slice(0, 10), wordDay(date.toISOString().slice(0, 10)));
  }
  days.value = [...days.options].some((each) => each.value === today) ? today : agenda.firstDay;
  for (const person of agenda.practitioners) {
    option(document.getElementById("who") as HTMLSelectElement, String(person.id), person.name);
    option(document.querySelector<HTMLSelectElement>("#new-form [name=practitioner]") as HTMLSelectElement, String(person.id), person.name);
  }
  for (const kind of agenda.types) option(document.querySelector<HTMLSelectElement>("#new-form [name=type]") as HTMLSelectElement, String(kind.id), kind.name);
}

function row(agenda: Agenda, visit: Appointment, lines: Line[], showDay: boolean): HTMLElement {
  const made = piece("row");
  const marks = lines.filter((line) => line.appointment_id === visit.id).map((line) => line.kind);
  const day = showDay ? `${wordDay(dayOf(visit.start, agenda.practice.timezone))}, ` : "";
  put(made, "time", `${day}${clock(visit.start, agenda.practice.timezone)}`);
  put(made, "minutes", `${visit.minutes} min`);
  put(made, "patient", visit.patient);
  put(made, "born", visit.born ? new Intl.DateTimeFormat(lang, { timeZone: "UTC" }).format(new Date(`${visit.born}T12:00:00Z`)) : "");
  put(made, "phone", visit.phone);
  put(made, "type", visit.type + (visit.with ? ` · ${visit.with}` : ""));
  made.classList.toggle("is-cancelled", marks.includes("cancel"));
  made.classList.toggle("is-arrived", marks.includes("arrived") || visit.status === "arrived");
  for (const button of made.querySelectorAll<HTMLButtonElement>("[data-do]")) {
    button.dataset["of"] = String(visit.id);
    button.disabled = marks.length > 0;
    button.setAttribute("aria-label", `${button.textContent?.trim() ?? ""} ${visit.patient}`);
  }
  return made;
}

export function draw(agenda: Agenda, lines: Line[], day: string, who: string, find: string): void {
  fillOnce(agenda);
  const shown = (document.getElementById("day") as HTMLSelectElement).value || day;
  const zone = agenda.practice.timezone;
  const sought = plain(find.trim());
  const list = document.getElementById("agenda") as HTMLElement;
  list.replaceChildren();
  let count = 0;
  for (const person of agenda.practitioners) {
    if (who && who !== String(person.id)) continue;
    const visits = agenda.appointments.filter(
      (each) => each.practitioner === person.id && (sought ? plain(each.patient).includes(sought) : dayOf(each.start, zone) === shown),
    );
    const away = agenda.absences.filter((each) => each.practitioner === person.id && dayOf(each.start, zone) <= shown && shown <= dayOf(each.end, zone));
    if (sought && !visits.length) continue;
    const section = piece("person");
    put(section, "name", person.name);
    put(section, "away", sought ? "" : away.map((each) => each.reason).join(", "));
    const body = section.querySelector("tbody") as HTMLElement;
    for (const visit of visits) body.append(row(agenda, visit, lines, sought !== ""));
    section.querySelector<HTMLElement>("[data-none]")?.toggleAttribute("hidden", visits.length > 0);
    section.querySelector("table")?.toggleAttribute("hidden", visits.length === 0);
    count += visits.length;
    list.append(section);
  }
  (document.getElementById("shown-day") as HTMLElement).textContent = sought ? find : wordDay(shown);
  (document.getElementById("nobody") as HTMLElement).hidden = !sought || count > 0;
}

export function drawLines(agenda: Agenda, lines: Line[]): void {
  const list = document.getElementById("lines") as HTMLElement;
  list.replaceChildren();
  for (const line of [...lines].reverse()) {
    const made = piece("line");
    put(made, "kind", document.getElementById("words")?.dataset[`kind${line.kind}`] ?? line.kind);
    const when = line.starts_at ? `${wordDay(dayOf(line.starts_at, agenda.practice.timezone))}, ${clock(line.starts_at, agenda.practice.timezone)}` : "";
    put(made, "text", [`${line.last_name ?? ""} ${line.first_names ?? ""}`.trim(), when, line.note].filter(Boolean).join(" · "));
    const button = made.querySelector<HTMLElement>("[data-do]");
    if (button) button.dataset["of"] = line.client_id;
    list.append(made);
  }
  (document.getElementById("no-lines") as HTMLElement).hidden = lines.length > 0;
}
