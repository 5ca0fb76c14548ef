// The practice's fortnight on a machine without network: open it with the phrase, read it, write down what happens.
// Nothing readable is ever stored: the page and every written line stay sealed until somebody types the phrase.
import { type Sealed, type Vault, WrongPhrase, open, seal, unlock } from "./_vault";
import { forget, keep, kept } from "./_store";
import { type Agenda, type Appointment, type Line, draw, drawLines } from "./_agenda";

interface Box {
  vault: Vault;
  snapshot: Sealed | null;
  madeAt: string;
}

const root = document.documentElement;
const words = (name: string): string => document.getElementById("words")?.dataset[name] ?? "";
const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

let box: Box | null = null;
let agenda: Agenda | null = null;
let privateKey: CryptoKey | null = null;
let lines: Line[] = [];

async function load(): Promise<Box> {
  const inside = document.getElementById("sealed");
  if (inside?.textContent?.trim()) return JSON.parse(inside.textContent) as Box;
  const answer = await fetch(byId("page").dataset["sealed"] ?? "", { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`no sealed page: ${answer.status}`);
  return (await answer.json()) as Box;
}

function say(text: string, kind: "info" | "warning" = "info"): void {
  const strip = byId("said");
  strip.textContent = text;
  strip.className = `strip strip-${kind}`;
  strip.hidden = text === "";
}

async function onPhrase(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const field = byId<HTMLInputElement>("phrase");
  const button = byId<HTMLButtonElement>("open");
  if (!box?.snapshot) return;
  button.disabled = true;
  say(words("opening"));
  try {
    privateKey = await unlock(box.vault, field.value);
    agenda = await open<Agenda>(privateKey, box.snapshot);
    lines = await readLines();
  } catch (problem) {
    if (!(problem instanceof WrongPhrase)) throw problem;
    say(words("wrong"), "warning");
    field.select();
    return;
  } finally {
    button.disabled = false;
  }
  field.value = "";
  say("");
  byId("door").hidden = true;
  byId("inside").hidden = false;
  show();
}

async function readLines(): Promise<Line[]> {
  const sealed = await kept(byId("page").dataset["practice"] ?? "");
  return Promise.all(sealed.map(async (each) => open<Line>(privateKey as CryptoKey, each.box)));
}

function show(): void {
  if (!agenda) return;
  draw(agenda, lines, byId<HTMLSelectElement>("day").value, byId<HTMLSelectElement>("who").value, byId<HTMLInputElement>("find").value);
  drawLines(agenda, lines);
  byId("unsent").textContent = String(lines.length);
  byId<HTMLButtonElement>("send").disabled = lines.length === 0 || !navigator.onLine || location.protocol === "file:";
  byId<HTMLButtonElement>("export").disabled = lines.length === 0;
}

async function add(line: Line): Promise<void> {
  if (!box) return;
  await keep(byId("page").dataset["practice"] ?? "", line.client_id, await seal(box.vault, line));
  lines.push(line);
  show();
}

async function drop(id: string): Promise<void> {
  await forget(id);
  lines = lines.filter((line) => line.client_id !== id);
  show();
}

function blank(kind: Line["kind"]): Line {
  return { client_id: crypto.randomUUID(), kind, captured_at: new Date().toISOString() };
}

/** The moment at which a wall clock of the practice's zone reads this; the first one on the night that repeats an hour. */
function momentThere(wall: string, zone: string): string {
  const guess = new Date(`${wall}:00Z`);
  const offset = (at: Date): number => {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(at);
    const found = /GMT([+-])(\d\d):(\d\d)/.exec(parts.find((part) => part.type === "timeZoneName")?.value ?? "");
    return found ? (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
  };
  const minute = 60_000;
  const first = new Date(guess.getTime() - offset(new Date(guess.getTime() - offset(guess) * minute)) * minute);
  return first.toISOString();
}

function onNew(event: SubmitEvent): void {
  event.preventDefault();
  if (!agenda) return;
  const form = event.target as HTMLFormElement;
  const value = (name: string): string => (form.elements.namedItem(name) as HTMLInputElement | null)?.value.trim() ?? "";
  const line = blank(value("start") ? "book" : "note");
  if (line.kind === "book") {
    line.starts_at = momentThere(value("start"), agenda.practice.timezone);
    line.duration_minutes = Number(value("minutes"));
    line.practitioner_id = Number(value("practitioner"));
    line.visit_type_id = Number(value("type")) || null;
  }
  Object.assign(line, {
    last_name: value("last_name"), first_names: value("first_names"), birth_date: value("birth_date") || null,
    phone: value("phone"), note: value("note"),
  });
  void add(line).then(() => {
    form.reset();
    byId<HTMLDialogElement>("new").close();
    say(words("kept"));
  });
}

function mark(appointment: Appointment, kind: "arrived" | "cancel"): void {
  void add({
    ...blank(kind), appointment_id: appointment.id, shown_version: appointment.version,
    practitioner_id: appointment.practitioner, last_name: appointment.patient.slice(0, 80),
  });
}

async function send(): Promise<void> {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  const answer = await fetch(byId("page").dataset["receive"] ?? "", {
    method: "POST", credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ lines }),
  }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    say(words("unsent"), "warning");
    return;
  }
  const { kept: ids } = (await answer.json()) as { kept: string[] };
  for (const id of ids) await drop(id);
  location.assign(byId("page").dataset["reconcile"] ?? "/");
}

async function exportLines(): Promise<void> {
  const sealed = await kept(byId("page").dataset["practice"] ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(sealed)], { type: "application/json" }));
  link.download = words("exportName");
  link.click();
  URL.revokeObjectURL(link.href);
}

async function importLines(file: File): Promise<void> {
  const sealed = JSON.parse(await file.text()) as { id: string; box: Sealed }[];
  const known = new Set(lines.map((line) => line.client_id));
  for (const each of sealed) {
    const line = await open<Line>(privateKey as CryptoKey, each.box);
    if (known.has(line.client_id)) continue;
    await keep(byId("page").dataset["practice"] ?? "", line.client_id, each.box);
    lines.push(line);
  }
  show();
}

function fillChoices(): void {
  byId("inside").addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-do]");
    if (!button || !agenda) return;
    const id = button.dataset["of"] ?? "";
    if (button.dataset["do"] === "drop") void drop(id);
    const appointment = agenda.appointments.find((each) => String(each.id) === id);
    if (appointment && button.dataset["do"] === "arrived") mark(appointment, "arrived");
    if (appointment && button.dataset["do"] === "cancel") mark(appointment, "cancel");
  });
  for (const id of ["day", "who", "find"]) byId(id).addEventListener("input", show);
  byId("new-form").addEventListener("submit", onNew);
  byId("add").addEventListener("click", () => byId<HTMLDialogElement>("new").showModal());
  byId("n-type").addEventListener("input", () => {
    const kind = agenda?.types.find((each) => String(each.id) === byId<HTMLSelectElement>("n-type").value);
    if (kind) byId<HTMLInputElement>("n-min").value = String(kind.minutes);
  });
  byId("close-new").addEventListener("click", () => byId<HTMLDialogElement>("new").close());
  byId("send").addEventListener("click", () => void send());
  byId("export").addEventListener("click", () => void exportLines());
  byId("print").addEventListener("click", () => window.print());
  byId("lock").addEventListener("click", () => location.reload());
  byId<HTMLInputElement>("import").addEventListener("change", (event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) void importLines(file).catch(() => say(words("badFile"), "warning"));
  });
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
}

/** Keep the page itself for the day without network; a downloaded page has nothing to keep. */
async function keepThePage(): Promise<void> {
  if (!("serviceWorker" in navigator) || location.protocol === "file:") return;
  const page = byId("page");
  await navigator.serviceWorker.register(page.dataset["worker"] ?? "", { scope: page.dataset["scope"] ?? "" });
  const ready = await navigator.serviceWorker.ready;
  const assets = [...document.querySelectorAll<HTMLLinkElement | HTMLScriptElement>("link[rel=stylesheet], link[rel=icon], script[src]")].map((each) => ("href" in each ? each.href : each.src));
  const { port1, port2 } = new MessageChannel();
  // Only when everything is kept do we promise that it will open.
  port1.onmessage = (event: MessageEvent<boolean>) => {
    byId("ready").hidden = !event.data;
  };
  const all = [location.href, new URL(page.dataset["sealed"] ?? "", location.href).href, ...assets];
  ready.active?.postMessage({ keep: all }, [port2]);
}

async function begin(): Promise<void> {
  byId("door").addEventListener("submit", (event) => void onPhrase(event as SubmitEvent));
  fillChoices();
  try {
    box = await load();
  } catch {
    say(words("nothing"), "warning");
    return;
  }
  root.dataset["loaded"] = "yes";
  byId("made-at").textContent = new Intl.DateTimeFormat(root.lang, { dateStyle: "full", timeStyle: "short", timeZone: byId("page").dataset["zone"] ?? "UTC" }).format(new Date(box.madeAt));
  byId("phrase").focus();
  await keepThePage();
}

void begin();
