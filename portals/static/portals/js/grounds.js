// A text of the agency's joins the grounds at a press. Without a script it stands there to be copied.
(() => {
  "use strict";
  const start = () => {
    for (const button of document.querySelectorAll("[data-insert]")) button.hidden = false;
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-insert]");
    const field = button && document.getElementById(button.dataset.into);
    if (!field) return;
    const before = field.value.trimEnd();
    field.value = before ? `${before}\n${button.dataset.insert}` : button.dataset.insert;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", start);
})();
