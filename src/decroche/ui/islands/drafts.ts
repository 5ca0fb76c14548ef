// Nothing typed is lost: a form with data-draft keeps its words in memory when its panel is swapped, and gives them back.
import { announce, origin, ready } from "./page";

type Draft = Map<string, string | boolean>;
const drafts = new Map<string, Draft>();
const dirty = new Set<string>();
const FIELDS = "input,select,textarea";

function name(form: HTMLFormElement): string {
  return form.dataset["draft"] ?? "";
}

function isKept(field: Element): field is HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
  if (!field.matches(FIELDS)) return false;
  const input = field as HTMLInputElement;
  return input.name !== "" && input.name !== "csrfmiddlewaretoken" && !["hidden", "password", "file", "submit"].includes(input.type);
}

function key(field: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): string {
  const marked = field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox");
  return marked ? `${field.name}=${field.value}` : field.name;
}

function keep(form: HTMLFormElement): void {
  const draft: Draft = new Map();
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    const marked = field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox");
    draft.set(key(field), marked ? (field as HTMLInputElement).checked : field.value);
  }
  drafts.set(name(form), draft);
}

function giveBack(scope: ParentNode): void {
  for (const form of scope.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const draft = drafts.get(name(form));
    if (!draft || !dirty.has(name(form))) continue;
    for (const field of form.elements) {
      if (!isKept(field)) continue;
      const kept = draft.get(key(field));
      if (typeof kept === "boolean") (field as HTMLInputElement).checked = kept;
      else if (kept !== undefined) field.value = kept;
    }
    form.classList.add("is-dirty");
    announce("draft-restored", { draft: name(form) });
  }
}

function forget(form: HTMLFormElement): void {
  drafts.delete(name(form));
  dirty.delete(name(form));
  form.classList.remove("is-dirty");
}

/** Return whether something is being typed that is not sent yet. */
export function isBusyTyping(): boolean {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft].is-dirty")) {
    if ([...form.elements].some((field) => isKept(field) && "value" in field && field.value.trim() !== "")) return true;
  }
  return false;
}

ready(() => {
  document.addEventListener("input", (event) => {
    const form = origin(event)?.closest<HTMLFormElement>("form[data-draft]");
    if (!form || !event.isTrusted) return;
    dirty.add(name(form));
    form.classList.add("is-dirty");
    keep(form);
  });
  // Before the answer is put in: the settling that follows would give the words back to the fresh form.
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    type Detail = { elt: Element; xhr: XMLHttpRequest; requestConfig?: { elt?: Element } };
    const detail = (event as CustomEvent<Detail>).detail;
    const asked = detail.requestConfig?.elt ?? detail.elt; // elt names an ancestor once the answer has replaced the form
    if (!(asked instanceof HTMLFormElement) || !asked.dataset["draft"]) return;
    if (detail.xhr.status >= 200 && detail.xhr.status < 300) forget(asked);
  });
  document.addEventListener("reset", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.dataset["draft"]) forget(event.target);
  });
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && !event.target.matches("[hx-post],[hx-put]")) forget(event.target);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => giveBack(origin(event)?.parentElement ?? document));
  window.addEventListener("beforeunload", (event) => {
    if (isBusyTyping()) event.preventDefault();
  });
});
