// «Tout est conforme» without a round trip: sets the day's visits at N/B to Réalisé. Valider saves, as without script.
(() => {
  "use strict";
  if (document.documentElement.dataset.declaration) return;
  document.documentElement.dataset.declaration = "on";

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('button[name="conforme"]');
    if (!button) return;
    event.preventDefault();
    for (const card of button.closest(".day").querySelectorAll("[data-row]")) {
      const done = card.querySelector('[data-as="done"]:not(:disabled)');
      if (done && card.querySelector('[data-as="nb"]')?.checked) {
        done.checked = true;
        done.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });
})();
