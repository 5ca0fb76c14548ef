/** The picture of teams and skills: arrows go from cell to cell, Home and End along a row. */

function cellsOf(table: Element): HTMLElement[][] {
  return [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll<HTMLElement>("[data-cell]")]);
}

document.addEventListener("keydown", (event) => {
  const from = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-cell]") : null;
  const table = from?.closest("[data-matrix]");
  if (!from || !table || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = cellsOf(table);
  const y = rows.findIndex((row) => row.includes(from));
  const x = rows[y]?.indexOf(from) ?? 0;
  const last = (rows[y]?.length ?? 1) - 1;
  const to: Record<string, [number, number]> = {
    ArrowRight: [y, x + 1],
    ArrowLeft: [y, x - 1],
    ArrowDown: [y + 1, x],
    ArrowUp: [y - 1, x],
    Home: [y, 0],
    End: [y, last],
  };
  const aim = to[event.key];
  if (!aim) return;
  event.preventDefault();
  rows[aim[0]]?.[aim[1]]?.focus();
});

// Who applies with a key while writing in a field leaves it: Ctrl+Z then undoes what was applied, not what was typed.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target instanceof HTMLButtonElement && event.target.name === "apply") event.target.focus();
});

// On a narrow screen the tabs slide: the one that is open is in sight.
for (const tabs of document.querySelectorAll<HTMLElement>("nav.tabs")) {
  const open = tabs.querySelector<HTMLElement>("[aria-current=page]");
  if (open) tabs.scrollLeft = open.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
}
