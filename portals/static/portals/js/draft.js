// What was typed and never sent comes back with the page, after Back or a reload: this tab keeps it until the server has answered.
// A draft belongs to a form[data-draft], by its action, and to whoever typed it: nobody else gets it back.
(() => {
  "use strict";
  const queue = self.contreseing;
  if (!queue?.cards || queue.draft) return;
  const { cards, NAME } = queue;
  const whose = () => `${document.body.dataset.owner} ${document.querySelector("[data-door]")?.dataset.door}`;
  const formsHere = () => document.querySelectorAll("form[data-draft]");
  const pathOf = (form) => new URL(form.action).pathname;

  const read = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(NAME));
      return kept?.whose === whose() ? kept.drafts : {};
    } catch {
      return {};
    }
  };

  const write = (drafts) => {
    try {
      if (Object.keys(drafts).length) sessionStorage.setItem(NAME, JSON.stringify({ whose: whose(), drafts }));
      else sessionStorage.removeItem(NAME);
    } catch {
      // no room, or not allowed: the page asks before it is left (app.js)
    }
  };

  const methodOf = () => document.querySelector("[data-door]")?.dataset.method;
  const isWhole = () => !location.search && methodOf() === "GET";

  // The list may be narrowed: what was typed for a visit that is not on it stays in the draft.
  const keep = (form) => {
    const drafts = read();
    const here = new Set([...form.elements].map(({ name }) => name));
    const before = isWhole() ? [] : (drafts[pathOf(form)]?.fields ?? []);
    const elsewhere = before.filter(([name]) => !here.has(name));
    const fields = [...elsewhere, ...(form.dataset.dirty === undefined ? [] : cards.read(form).fields)];
    drafts[pathOf(form)] = { fields };
    if (!fields.length) delete drafts[pathOf(form)];
    write(drafts);
  };

  const restore = (form) => {
    const changed = cards.fill(form, read()[pathOf(form)]?.fields ?? []);
    if (!changed.length) return;
    for (const field of changed) {
      const folded = field.closest("details");
      if (folded) folded.open = true;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    form.dataset.dirty = "";
    form.querySelector("[data-restored]").hidden = false;
    document.dispatchEvent(new Event("retally"));
  };

  // The server has answered what was sent: a form that comes back with it, or a page that shows what it made.
  const settle = () => {
    const here = new Set([...formsHere()].map(pathOf));
    write(Object.fromEntries(Object.entries(read()).filter(([path, { sent }]) => !sent || (here.has(path) && methodOf() === "GET"))));
  };

  const arrive = () => {
    settle();
    for (const form of formsHere()) {
      if (form.dataset.drafted !== undefined) continue;
      form.dataset.drafted = "";
      if (form.dataset.dirty === undefined) restore(form);
      keep(form);
    }
  };

  for (const name of ["input", "change"]) {
    document.addEventListener(name, ({ target }) => {
      const form = target.form;
      if (!form?.matches("[data-draft]")) return;
      form.dataset.dirty = "";
      keep(form);
    });
  }

  // A form that the queue takes never gets here: it is kept there from now on, and outbox.js says so.
  document.addEventListener("submit", ({ target }) => {
    const drafts = read();
    const draft = target.matches("[data-draft]") && drafts[pathOf(target)];
    if (draft) write({ ...drafts, [pathOf(target)]: { ...draft, sent: true } });
  });

  document.addEventListener("click", ({ target }) => {
    const form = target.closest?.("[data-draft-clear]")?.form;
    if (!form) return;
    delete form.dataset.dirty;
    write({});
    location.reload();
  });

  // Somebody signed out, or in as another, in another tab.
  addEventListener("storage", ({ key, newValue }) => {
    if (key === NAME && newValue !== document.body.dataset.owner) write({});
  });
  for (const name of ["htmx:afterSettle", "htmx:historyRestore"]) document.addEventListener(name, arrive);
  queue.draft = { keep };
  arrive();
})();
