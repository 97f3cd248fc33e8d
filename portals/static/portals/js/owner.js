// What this phone keeps belongs to one person: for anybody else who signs in here, all of it goes.
// Pages with a queue of their own see to it themselves (outbox.js).
(() => {
  "use strict";
  const { owner } = document.body.dataset;
  const kept = localStorage.getItem("contreseing");
  if (!owner || !kept || kept === owner || document.querySelector("[data-door]")) return;
  const script = document.createElement("script");
  script.src = document.currentScript.dataset.queue;
  script.addEventListener("load", () => self.contreseing.forget());
  document.head.append(script);
})();
