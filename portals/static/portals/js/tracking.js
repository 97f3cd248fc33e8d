// The table of the tracking: a row opens its visit beside the table, by htmx; Escape closes it.
(() => {
  "use strict";

  const mark = (link) => {
    for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
    link?.closest("tr")?.setAttribute("aria-current", "true");
  };

  // One listener for fifty rows, which their page need not say fifty times; another tab opens the visit's own page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-panel] a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const id = link.pathname.split("/").at(-2);
    mark(link);
    htmx.ajax("GET", `${link.closest("[data-panel]").dataset.panel}${id}/`, { target: "#detail", swap: "outerHTML" });
  });

  // Ticked at once: a press on «Valider» may be faster than the answer that shows it.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-ticks]");
    if (!button) return;
    for (const box of button.form.querySelectorAll("[name=visite]")) box.checked = button.dataset.ticks === "all";
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const close = document.querySelector("#detail [data-close]");
    if (close) close.click();
  });

  // What was beside the table has gone: the focus goes back to the row that it came from.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id !== "detail" || document.querySelector("#detail [data-close]")) return;
    document.querySelector("tr[aria-current] a")?.focus();
    mark(undefined);
  });
})();
