// A search field that suggests while one types ([data-combo]): htmx brings the list, the keys choose in it.
// Without JavaScript it is a text that the server reads by itself. An option with data-url is a page to go to;
// data-combo="recents" has a list for an empty field too.
(() => {
  "use strict";

  const partsOf = (combo) => ({
    kept: combo.querySelector("[type=hidden]"),
    field: combo.querySelector("[type=search]"),
    list: combo.querySelector("ul"),
  });
  const optionsOf = (list) => [...list.querySelectorAll("[data-id]")];

  const open = (combo, shown) => {
    const { field, list } = partsOf(combo);
    list.hidden = !shown;
    field.setAttribute("aria-expanded", String(shown));
    if (!shown) mark(combo, undefined);
  };

  const mark = (combo, chosen) => {
    const { field, list } = partsOf(combo);
    for (const option of optionsOf(list)) option.setAttribute("aria-selected", String(option === chosen));
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  };

  const choose = (combo, option) => {
    const { kept, field } = partsOf(combo);
    if (option.dataset.url) return location.assign(option.dataset.url);
    kept.value = option.dataset.id;
    field.value = option.dataset.name;
    open(combo, false);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const move = (combo, step) => {
    const options = optionsOf(partsOf(combo).list);
    if (!options.length) return;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = at < 0 ? (step > 0 ? 0 : options.length - 1) : (at + step + options.length) % options.length;
    mark(combo, options[next]);
  };

  const comboOf = (target) => target.closest?.("[data-combo]");

  const equip = (combo) => {
    const { field, list } = partsOf(combo);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-combo]").forEach(equip));

  document.addEventListener("input", ({ target }) => {
    const combo = comboOf(target);
    const kept = combo && partsOf(combo).kept;
    if (kept) kept.value = "";
  });

  // The list has come for what is typed; nothing typed asks for nobody.
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    const combo = comboOf(target);
    if (!combo) return;
    const { field, list } = partsOf(combo);
    const asks = field.value.trim() !== "" || combo.dataset.combo === "recents";
    open(combo, asks && list.children.length > 0 && field === document.activeElement);
  });

  document.addEventListener("keydown", (event) => {
    const combo = comboOf(event.target);
    if (!combo) return;
    const { list } = partsOf(combo);
    const chosen = optionsOf(list).find((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) open(combo, list.children.length > 0);
      move(combo, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && chosen) {
      choose(combo, chosen);
    } else if (event.key === "Escape" && !list.hidden) {
      open(combo, false);
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });

  // A press on an option must not take the focus from the field first: that would send what is half typed.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-combo] ul")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    const option = target.closest?.("[data-combo] [data-id]");
    if (option) choose(comboOf(option), option);
  });
  document.addEventListener("focusout", ({ target }) => {
    const combo = comboOf(target);
    if (combo) open(combo, false);
  });
})();
