// Light, dark or the system's; compact or comfortable; patterns in the agenda. Kept in cookies, painted by the server.
import { origin, ready, remember } from "./page";

const root = document.documentElement;

function reflect(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset["theme"] === root.dataset["bsTheme"]));
  }
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-density-choice]")) {
    box.checked = root.dataset["density"] === "compact";
  }
}

ready(() => {
  reflect();
  document.addEventListener("click", (event) => {
    const choice = origin(event)?.closest<HTMLElement>("[data-theme]")?.dataset["theme"];
    if (!choice) return;
    root.dataset["bsTheme"] = choice;
    remember("theme", choice);
    reflect();
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.matches("[data-density-choice]")) {
      root.dataset["density"] = box.checked ? "compact" : "comfortable";
      remember("density", root.dataset["density"]);
    }
    if (box.matches("[data-patterns-choice]")) {
      root.dataset["patterns"] = box.checked ? "on" : "off";
      remember("patterns", root.dataset["patterns"]);
    }
  });
});
