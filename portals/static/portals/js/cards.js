// The cards of a form that the queue keeps: what they say, and how they look while the phone keeps them.
// A card's fields are named «id-field»; «seen» marks the card, «state» is its act, «label» its name in words.
// A form[data-visit] is one visit as a whole: the attribute names the fields that it cannot do without and is named by.
(() => {
  "use strict";
  if (!self.contreseing || self.contreseing.cards) return;
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "key", "replaces"]);
  const FIELDS = "input, select, textarea, button";
  const cardOf = (id) => document.querySelector(`[name="${id}-seen"]`)?.closest("[data-row]");
  const idOf = (name) => name.slice(0, Math.max(0, name.indexOf("-")));
  const isTyped = ({ type, value, defaultValue, checked, defaultChecked }) =>
    type === "checkbox" ? checked !== defaultChecked : type !== "radio" && defaultValue !== undefined && value !== defaultValue;

  const needed = (form) => form.dataset.visit?.split(" ").map((name) => form.elements[name]) ?? [];
  const missing = (form) => needed(form).find(({ value }) => !value);
  const DAY = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
  const words = ({ type, selectedOptions, valueAsDate, value }) =>
    type === "date" && valueAsDate ? valueAsDate.toLocaleDateString("fr-FR", DAY) : (selectedOptions?.[0].text ?? value);
  const asOne = (form) =>
    missing(form) ? [] : [{ id: form.elements.key.value, label: needed(form).map(words).join(", ") }];

  // What the form says of every card that acts or was typed in; `visits` are those that act. An answered form has
  // what was typed as its defaults: there every card counts.
  const read = (form) => {
    const data = new FormData(form);
    const ids = [...data.keys()].filter((name) => name.endsWith("-seen")).map(idOf);
    const acts = (id) => !["nb", null].includes(data.get(`${id}-state`));
    const typed = (id) => form.elements.replaces || [...(cardOf(id)?.querySelectorAll(FIELDS) ?? [])].some(isTyped);
    const dropped = new Set(ids.filter((id) => !acts(id) && !typed(id)));
    return {
      fields: [...data].filter(([name]) => !NOT_KEPT.has(name) && !dropped.has(idOf(name))),
      visits: form.dataset.visit ? asOne(form) : ids.filter(acts).map((id) => ({ id, label: data.get(`${id}-label`) })),
    };
  };

  // Whether one entry says something of every visit of another.
  const covers = (entry, { visits }) => visits.every(({ id }) => entry.visits.some((visit) => visit.id === id));

  // Whether the field then says something else than the page did; a browser may have put it there by itself before.
  const put = (field, value) => {
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked ||= field.value === value;
      return field.checked && !field.defaultChecked;
    }
    field.value = value;
    return field.options ? !field.options[field.selectedIndex]?.defaultSelected : field.value !== field.defaultValue;
  };

  // Put what was typed into a card or a form; returns the fields that differ from the page.
  const fill = (card, fields) => {
    const named = (name) => [...card.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    return fields.flatMap(([name, value]) => named(name).filter((field) => put(field, value)));
  };

  const retally = () => document.dispatchEvent(new Event("retally"));

  const hold = (entry) => {
    for (const card of entry.visits.map(({ id }) => cardOf(id))) {
      if (!card || card.dataset.kept) continue;
      fill(card, entry.fields);
      card.dataset.kept = entry.key;
      card.classList.add("is-kept");
      for (const field of card.querySelectorAll(FIELDS)) {
        if (field.disabled) continue;
        field.disabled = true;
        field.dataset.held = "";
      }
    }
  };

  // Give the cards of an entry back to the hand, as they were typed; returns their forms.
  const release = ({ key }) => {
    const forms = new Set();
    for (const card of document.querySelectorAll(`[data-kept="${key}"]`)) {
      delete card.dataset.kept;
      card.classList.remove("is-kept");
      for (const field of card.querySelectorAll("[data-held]")) {
        field.disabled = false;
        delete field.dataset.held;
      }
      forms.add(card.closest("form"));
    }
    for (const form of forms) form.dataset.dirty = "";
    retally();
    return forms;
  };

  // Close the cards that wait, and list what waits; what is on this page can be taken back.
  const show = (waiting, list) => {
    const item = document.querySelector("[data-kept-item]");
    list.replaceChildren(
      ...waiting.map((entry) => {
        hold(entry);
        const line = item.content.firstElementChild.cloneNode(true);
        line.querySelector("span").textContent = entry.visits.map(({ label }) => label).join(" · ");
        const button = line.querySelector("button");
        button.value = entry.key;
        button.hidden = !entry.visits.every(({ id }) => cardOf(id));
        return line;
      }),
    );
    if (waiting.length) retally();
  };

  self.contreseing.cards = { read, missing, fill, covers, release, show };
})();
