// What JavaScript adds. Every page works without it: nothing here decides, the server does.
(() => {
  "use strict";

  // A checkbox with data-check-all="visite" ticks all of that name in its form.
  const checkAll = (box) => {
    for (const other of box.form.elements) {
      if (other.name === box.dataset.checkAll) other.checked = box.checked;
    }
  };

  // Minutes of the row: its hours as typed (past midnight counts), else those that the server wrote.
  const minutesOf = (row) => {
    const [start, end] = ["start", "end"].map((name) => row.querySelector(`[data-hour-of="${name}"]`));
    if (!start?.value || !end?.value) return Number(row.dataset.minutes ?? 0);
    const [from, to] = [start, end].map(({ value }) => {
      const [hours, minutes] = value.split(":").map(Number);
      return hours * 60 + minutes;
    });
    return to > from ? to - from : to - from + 1440;
  };

  const inHours = (minutes) => {
    const rest = minutes % 60;
    return `${Math.floor(minutes / 60)}\u202fh${rest ? `\u202f${String(rest).padStart(2, "0")}` : ""}`;
  };

  // data-tally="done" in a form[data-tallies] counts the checked inputs of that data-as; the words come from
  // the page (data-zero, data-one, data-other with {n}). data-tally-hours="done" sums their rows' minutes.
  const retally = (form) => {
    const counted = [...form.querySelectorAll("[data-as]:checked:enabled")];
    const of = (names) => counted.filter((input) => names.split(" ").includes(input.dataset.as));
    for (const place of form.querySelectorAll("[data-tally]")) {
      const n = of(place.dataset.tally).length;
      const words = place.dataset[n === 0 ? "zero" : n === 1 ? "one" : "other"] ?? place.dataset.other ?? "{n}";
      place.textContent = words.replace("{n}", n);
    }
    for (const place of form.querySelectorAll("[data-tally-hours]")) {
      const rows = of(place.dataset.tallyHours).map((input) => input.closest("[data-row]")).filter(Boolean);
      place.textContent = inHours(rows.reduce((sum, row) => sum + minutesOf(row), 0));
    }
  };

  document.addEventListener("change", ({ target }) => {
    if (target.dataset?.checkAll) checkAll(target);
    const form = target.form;
    if (form?.matches("[data-tallies]")) retally(form);
    if (form?.matches("[data-guard]")) form.dataset.dirty = "";
    // On the way down: a form that htmx sends at a change sends all that is ticked by then.
  }, true);

  // Cards that the queue keeps are closed (cards.js): counted no more.
  document.addEventListener("retally", () => document.querySelectorAll("form[data-tallies]").forEach(retally));

  // Leaving a form[data-guard] with something typed asks first; sending it does not.
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });

  // A second press while the first is on its way does nothing (the server would answer the same anyway).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent !== undefined) return event.preventDefault();
    if (form.method === "post") {
      form.dataset.sent = "";
      // A download leaves the page in place: its form must not stay shut.
      setTimeout(() => delete form.dataset.sent, 5000);
    }
    delete form.dataset.dirty;
  });
  const release = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  };
  addEventListener("pageshow", release);
  document.addEventListener("htmx:afterRequest", release);

  // htmx fails in silence: say that nothing was saved.
  const say = (unreachable) => {
    const notice = document.querySelector("[data-unreachable]");
    if (notice) notice.hidden = !unreachable;
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, () => say(true));
  }
  document.addEventListener("htmx:afterSwap", () => say(false));

  // A refused form takes the focus to its summary, so that a screen reader starts there.
  const settle = (root) => {
    for (const form of root.querySelectorAll("form[data-tallies]")) retally(form);
    const place = root.querySelector("[data-focus]");
    place?.focus();
    // Once taken, so that a later swap beside it does not take it again.
    place?.removeAttribute("data-focus");
  };
  document.addEventListener("DOMContentLoaded", () => settle(document));
  document.addEventListener("htmx:afterSettle", ({ target }) => settle(target.parentElement ?? document));
})();
