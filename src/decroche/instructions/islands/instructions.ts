// The emergency sheet: the caller's number and name come by themselves; answers become the urgent message's text.
// A dialog whose form was accepted closes ("dialog-done").

document.body.addEventListener("htmx:afterSettle", () => {
  const number = document.getElementById("emergency-number") as HTMLInputElement | null;
  if (number && !number.value && number.dataset["filled"] === undefined) {
    number.dataset["filled"] = "";
    const known = document.querySelector<HTMLInputElement>("#zone-call [name='caller_number'], #desk-caller-number");
    if (known?.value) number.value = known.value;
    const name = document.getElementById("emergency-name") as HTMLInputElement | null;
    const patient = document.querySelector(".patient-identity .strong-name")?.textContent?.trim();
    if (name && !name.value && patient) name.value = patient;
  }
});

document.body.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters, formData } = (
    event as CustomEvent<{ elt: HTMLElement; parameters: Record<string, unknown>; formData?: FormData }>
  ).detail;
  if (!elt.matches("form[data-emergency]")) return;
  const lines = [...elt.querySelectorAll<HTMLInputElement>("[data-answer]")]
    .filter((field) => field.value.trim() !== "")
    .map((field) => `${field.dataset["answer"] ?? ""} ${field.value.trim()}`);
  if (formData) formData.set("body", lines.join("\n"));
  else parameters["body"] = lines.join("\n");
});

document.body.addEventListener("dialog-done", (event) => {
  (event.target as Element | null)?.closest?.("dialog")?.close();
});

export {};
