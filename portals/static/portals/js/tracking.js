// The table of the tracking: which row is open beside it, and Escape, which closes it.
(() => {
  "use strict";

  const mark = (link) => {
    for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
    link?.closest("[data-row]")?.setAttribute("aria-current", "true");
  };

  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    if (target.matches?.("[data-row] a")) mark(target);
  });

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
