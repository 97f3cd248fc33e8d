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

  const minutes = (input) => {
    const [hours, rest] = input.value.split(":").map(Number);
    return hours * 60 + rest;
  };

  const signed = (gap) => {
    const [hours, rest] = [Math.floor(Math.abs(gap) / 60), Math.abs(gap) % 60];
    const length = hours ? `${hours}\u202fh${rest ? `\u202f${String(rest).padStart(2, "0")}` : ""}` : `${rest}\u202fmin`;
    return `${gap > 0 ? "+" : "\u2212"}${length}`;
  };

  // The gap to the plan beside the hours as they are typed; the page's own words come back when there is none.
  document.addEventListener("change", ({ target }) => {
    const card = target.dataset?.hourOf && target.closest("[data-planned]");
    if (!card) return;
    const summary = card.querySelector("[data-summary]");
    const [start, end] = ["start", "end"].map((name) => card.querySelector(`[data-hour-of="${name}"]`));
    if (!summary || !start.value || !end.value) return;
    const length = minutes(end) - minutes(start);
    const gap = (length > 0 ? length : length + 1440) - Number(card.dataset.planned);
    let shown = summary.querySelector("[data-gap]");
    if (!shown) {
      shown = document.createElement("span");
      shown.dataset.gap = "";
      shown.className = "gap";
      summary.querySelector(".gap")?.remove();
      summary.append(" ", shown);
    }
    shown.textContent = gap ? signed(gap) : "";
    const planned = summary.querySelector("[data-as-planned]");
    if (planned) {
      planned.hidden = gap !== 0 || start.value !== start.defaultValue;
      planned.nextElementSibling.hidden = !planned.hidden;
    }
  });
})();
