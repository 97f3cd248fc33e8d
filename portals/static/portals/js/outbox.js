// Valider and Ajouter through the queue of this phone: kept first, then sent, and shown until the server has answered.
// Without this script, or where a browser keeps nothing, the form goes to the server as any form does.
(() => {
  "use strict";
  const queue = self.contreseing;
  if (!self.indexedDB || !self.isSecureContext || !queue || queue.isOnPage) return;
  queue.isOnPage = true;
  const { cards } = queue;
  const place = (name) => document.querySelector(`[data-${name}]`);
  const outbox = () => place("door").dataset;
  const isMine = ({ owner, door }) => owner === document.body.dataset.owner && door === outbox().door;
  const isCopy = () => !place("seen").hidden;
  const isTyping = () => document.querySelector("form[data-dirty]") !== null;

  const counted = (element, n) => {
    element.textContent = element.dataset[n === 1 ? "one" : "other"].replace("{n}", n);
  };

  // Say what is kept here, and why it has not left: offline, signed-out or unreachable.
  const show = async (said = "unreachable") => {
    const why = said === "unreachable" && !navigator.onLine ? "offline" : said;
    const mine = (await queue.entries()).filter(isMine);
    const open = document.querySelector('[name="replaces"]')?.value;
    const waiting = mine.filter(({ state }) => state === "waiting");
    const review = mine.filter(({ key, state }) => state === "review" && key !== open);
    place("kept").hidden = !waiting.length;
    place("review").hidden = !review.length;
    counted(place("kept-count"), waiting.reduce((sum, { visits }) => sum + visits.length, 0));
    counted(place("review-count"), review.length);
    for (const words of document.querySelectorAll("[data-why]")) words.hidden = !words.dataset.why.includes(why);
    cards.show(waiting, place("kept-list"));
  };

  const leaveFor = (go) => {
    for (const form of document.querySelectorAll("form[data-dirty]")) delete form.dataset.dirty;
    go();
  };

  // The server's own page about an entry, which asks or shows both sides: the same press, sent as a form is.
  const review = (entry, token) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = entry.action;
    for (const [name, value] of [...entry.fields, ["key", entry.key], ["review", "1"], ["csrfmiddlewaretoken", token]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    leaveFor(() => form.submit());
  };

  const later = async () => {
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register(queue.NAME).catch(() => undefined);
  };

  // Send all, then go where this entry leads: to the list, to what asks for a look, or nowhere yet (then true).
  const deliver = async (entry) => {
    const result = await queue.flush(outbox().who);
    const now = (await queue.entries()).find(({ key }) => key === entry.key);
    const saved = result.saved.find(({ key }) => key === entry.key);
    if (!now) return leaveFor(() => location.assign(saved?.location ?? outbox().list));
    if (now.state === "review") {
      const token = result.token || (await queue.whoIsThere(outbox().who).catch(() => null))?.token;
      if (token) return review(now, token);
    }
    await show(result.state === "sent" ? undefined : result.state);
    await later();
    place("kept").focus();
    return true;
  };

  // A visit that is kept must not stand in the form any more, where a second press would add it twice.
  const empty = (form) => {
    if (form.elements.replaces) return leaveFor(() => location.assign(outbox().list));
    form.reset();
    form.querySelector("[data-restored]").hidden = true;
  };

  let isBusy = false;
  const press = async (form, entry, replaced) => {
    try {
      await queue.keep(entry, replaced);
    } catch {
      return leaveFor(() => form.submit()); // nothing can be kept here: as without a script
    }
    form.elements.key.value = crypto.randomUUID();
    delete form.dataset.dirty;
    queue.draft?.keep(form);
    if ((await deliver(entry)) && form.dataset.visit) empty(form);
  };

  const superseded = async (entry) =>
    (await queue.entries()).filter((other) => other.state === "review" && cards.covers(entry, other)).map(({ key }) => key);

  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!form.matches("form[data-queue]") || event.submitter?.name === "conforme") return;
      const { fields, visits } = cards.read(form);
      if (!visits.length && navigator.onLine) return; // the server says why that is not enough
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!visits.length) return cards.missing(form)?.focus();
      if (isBusy) return;
      isBusy = true;
      const key = isCopy() ? crypto.randomUUID() : form.elements.key.value;
      const whose = { owner: document.body.dataset.owner, door: outbox().door };
      const entry = { key, ...whose, action: form.action, fields, visits, at: Date.now(), state: "waiting" };
      const replaced = [form.elements.replaces?.value ?? "", ...(await superseded(entry).catch(() => []))];
      await press(form, entry, replaced).finally(() => (isBusy = false));
    },
    true,
  );

  const acts = {
    send: () => arrive(),
    // To look at it is to send it once more: what stood in its way may be gone.
    open: async (entry) => {
      await queue.keep({ ...entry, state: "waiting" });
      await deliver(entry);
    },
    abandon: async (entry, button) => {
      if (confirm(button.dataset.confirm)) await queue.drop(entry.key);
      await show();
    },
    back: async (entry) => {
      await queue.drop(entry.key);
      cards.release(entry).forEach((form) => queue.draft?.keep(form));
      await show();
    },
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-queue-act]");
    if (!button) return;
    event.preventDefault();
    if (button.href) {
      await queue.drop(button.dataset.queueAct); // «J’ai vu»: then go on
      return leaveFor(() => location.assign(button.href));
    }
    const mine = (await queue.entries()).filter(isMine);
    const entry = mine.find(({ key, state }) => (button.value ? key === button.value : state === "review"));
    if (entry || button.dataset.queueAct === "send") await acts[button.dataset.queueAct](entry, button);
    else await show();
  });

  // A page that shows what is no longer so is read again, unless somebody is typing in it or it answers a form.
  const renew = () => {
    if (!isTyping() && outbox().method === "GET") location.reload();
  };

  // What a round of sending came to, here or in the worker.
  const told = async ({ state, saved }, isBack = false) => {
    await show(state === "sent" ? undefined : state);
    if (saved.length || (isBack && isCopy())) renew();
  };

  const arrive = async (isBack = false) =>
    navigator.onLine ? told(await queue.flush(outbox().who), isBack) : show();

  const start = async () => {
    const { owner } = document.body.dataset;
    const kept = localStorage.getItem(queue.NAME);
    const strange = (await queue.entries()).filter((entry) => entry.owner !== owner).map(({ key }) => key);
    if (kept && kept !== owner) await queue.forget();
    else if (strange.length) await queue.drop(...strange);
    place("wiped").hidden = !strange.length;
    localStorage.setItem(queue.NAME, owner);
    await arrive();
    if (isCopy()) return queue.pages.age();
    await navigator.serviceWorker?.register(outbox().worker, { updateViaCache: "none" });
    await queue.pages.keep().catch(() => undefined); // the network went away meanwhile
  };

  addEventListener("online", () => arrive(true));
  addEventListener("offline", () => show());
  addEventListener("pageshow", ({ persisted }) => persisted && arrive());
  document.addEventListener("htmx:afterSettle", () => show());
  navigator.serviceWorker?.addEventListener("message", ({ data }) => told(data));
  start();
})();
