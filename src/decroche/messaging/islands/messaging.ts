// A message begins with who calls: the number that rings and the patient chosen fill fields still empty.

/** Write a French number as it is dictated; any other stays as it came. */
function dictated(number: string): string {
  const french = /^\+33(\d)(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(number);
  return french ? `0${french.slice(1).join(" ")}` : number;
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement) || !value) return;
  if (field.value !== "" && field.value !== field.dataset["offered"]) return;
  field.value = value;
  field.dataset["offered"] = value;
}

function offer(): void {
  const ringing = document.querySelector<HTMLInputElement>("#zone-call [name='caller_number'], #desk-caller-number");
  for (const form of document.querySelectorAll<HTMLFormElement>(".compose-form")) {
    const about = form.querySelector<HTMLElement>(".compose-patient");
    fill(form, "caller_name", about?.dataset["name"] ?? "");
    fill(form, "caller_number", dictated(ringing?.value ?? ""));
  }
}

document.body.addEventListener("htmx:afterSettle", offer);

// A list that refreshes itself waits while something is being typed in it, and catches up afterwards.

const LISTS = "#inbox, #follow-ups";
const TYPING = "form[data-draft] :is(textarea, input):focus";

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = (event as CustomEvent<{ elt: HTMLElement }>).detail;
  if (!elt.matches(LISTS) || !elt.querySelector(TYPING)) return;
  event.preventDefault();
  elt.dataset["behind"] = "";
});

// Words given back to a folded answer must not hide.
document.body.addEventListener("draft-restored", () => {
  for (const field of document.querySelectorAll<HTMLTextAreaElement>(".message-tools details textarea")) {
    if (field.value !== "") field.closest("details")?.setAttribute("open", "");
  }
});

document.addEventListener("focusout", (event) => {
  const list = (event.target as HTMLElement).closest<HTMLElement>(LISTS);
  if (list?.dataset["behind"] === undefined) return;
  window.setTimeout(() => {
    if (!list.isConnected || list.querySelector(TYPING)) return;
    delete list.dataset["behind"];
    list.dispatchEvent(new Event("catch-up"));
  }, 300);
});

export {};
