// One key for each main action of the agency's pages: what has data-key is pressed (a field is entered), j and k go to
// what [rel=next] and [rel=prev] lead to, 1 to 9 to the acts of a visit. Every one of them is on the page to be pressed.
// No key acts while somebody types or a dialog is open, nor with Ctrl, Alt or Cmd; and all of them can be turned off
// (WCAG 2.1.4), on the page that «?» shows.
(() => {
  "use strict";
  const KEPT = "contreseing-touches";
  const SHEET = "/gestion/touches/";
  const TYPING = "input, textarea, select, [contenteditable]";

  const active = () => localStorage.getItem(KEPT) !== "non";
  const keyed = () => [...document.querySelectorAll("[data-key]")];

  // Assistive technology reads the key only where it works.
  const announce = () => {
    for (const one of keyed()) {
      if (active()) one.setAttribute("aria-keyshortcuts", one.dataset.key);
      else one.removeAttribute("aria-keyshortcuts");
    }
  };

  const meant = (key) => {
    if (key === "j" || key === "k") return document.querySelector(`main [rel=${key === "j" ? "next" : "prev"}]`);
    if (key >= "1" && key <= "9") return document.querySelectorAll("[data-acts] a")[Number(key) - 1];
    return keyed().find((one) => one.dataset.key === key);
  };

  const press = (place) => {
    // On a phone the field is hidden: its button leads to the page that has one.
    if (place.matches("[type=search]") && place.offsetParent) {
      place.focus();
      place.select();
    } else if (place.matches("[type=search]")) {
      place.form.submit();
    } else {
      place.click();
    }
  };

  // The sheet of keys over the page; closed by Escape or its button, which its form does by itself.
  const show = () => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "touches");
    dialog.className = "card keys-dialog";
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    htmx.ajax("GET", SHEET, { target: dialog, swap: "innerHTML" }).then(() => dialog.showModal());
  };

  const settle = () => {
    announce();
    for (const box of document.querySelectorAll("[data-keys-switch]")) {
      box.closest("[hidden]")?.removeAttribute("hidden");
      box.checked = active();
    }
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const taken = event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing;
    if (taken || event.defaultPrevented || !active()) return;
    if (target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const place = meant(key);
    if (!place) return;
    event.preventDefault();
    if (key === "?") show();
    else press(place);
  });

  // The same dialog for the mouse; where something is typed the page stays as it is.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[data-key="?"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("[data-keys-switch]")) return;
    localStorage.setItem(KEPT, target.checked ? "oui" : "non");
    announce();
  });

  document.addEventListener("DOMContentLoaded", settle);
  document.addEventListener("htmx:afterSettle", settle);
})();
