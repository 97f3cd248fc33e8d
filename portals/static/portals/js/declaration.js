// What the cards of Mes interventions gain from a script. Valider saves, as without; the server decides.
(() => {
  "use strict";
  if (document.documentElement.dataset.declaration) return;
  document.documentElement.dataset.declaration = "on";

  // «Tout est conforme» without a round trip: sets the visits at N/B, of the day or of the page, to Réalisé.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('button[name="conforme"]');
    if (!button) return;
    event.preventDefault();
    for (const card of (button.closest(".day") ?? button.form).querySelectorAll("[data-row]")) {
      const done = card.querySelector('[data-as="done"]:not(:disabled)');
      if (done && card.querySelector('[data-as="nb"]')?.checked) {
        done.checked = true;
        done.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });

  const minutes = (clock) => {
    const [hours, rest] = clock.split(":").map(Number);
    return hours * 60 + rest;
  };

  const signed = (gap, words) => `${gap > 0 ? "+" : "\u2212"}${words}`;
  const inHours = (gap) => {
    const [hours, rest] = [Math.floor(Math.abs(gap) / 60), Math.abs(gap) % 60];
    return hours ? `${hours}\u202fh${rest ? `\u202f${String(rest).padStart(2, "0")}` : ""}` : `${rest}\u202fmin`;
  };
  const inTenths = (text) => Math.round(Number(text.replace(",", ".")) * 10);

  // Beside the plan, what differs from it: «+15 min», «+9,6 km». The server writes the same after a save that failed.
  const put = (shown, words) => {
    shown.className = "gap";
    shown.textContent = words && ` ${words}`;
  };

  const gapOf = ({ value: start }, { value: end }, planned) => {
    if (!start || !end) return NaN;
    const length = minutes(end) - minutes(start);
    return (length > 0 ? length : length + 1440) - planned;
  };

  const tell = (card) => {
    const [summary, km] = ["summary", "km"].map((name) => card.querySelector(`[data-${name}]`));
    const [start, end] = ["start", "end"].map((name) => card.querySelector(`[data-hour-of="${name}"]`));
    const gap = gapOf(start, end, Number(card.dataset.planned));
    const further = inTenths(km.value) - Number(card.dataset.tenths);
    const kilometres = `${String(Math.abs(further) / 10).replace(".", ",")}\u202fkm`;
    put(summary.querySelector("[data-gap]"), gap ? signed(gap, inHours(gap)) : "");
    put(summary.querySelector("[data-gap-km]"), further ? signed(further, kilometres) : "");
    const planned = summary.querySelector("[data-as-planned]");
    if (planned) {
      planned.hidden = Boolean(gap || further) || start.value !== start.defaultValue;
      planned.nextElementSibling.hidden = !planned.hidden;
    }
  };

  const FIELDS = "[data-hour-of], [data-km]";
  document.addEventListener("change", ({ target }) => {
    const card = target.matches?.(FIELDS) && target.closest("[data-planned]");
    if (card) tell(card);
  });
  // What was typed before came back with the page (draft.js, or the browser) before this script was there.
  for (const field of document.querySelectorAll(FIELDS)) {
    if (field.value !== field.defaultValue && field.closest("[data-planned]")) tell(field.closest("[data-planned]"));
  }
})();
