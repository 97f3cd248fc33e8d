// The pages that open without a network: kept as served, and «Ajouter» before anybody has opened it (worker.js shows them).
(() => {
  "use strict";
  const queue = self.contreseing;
  if (!queue || queue.pages) return;
  const here = () => document.querySelector("[data-door]").dataset;
  const copyOf = (path) => caches.match(path, { cacheName: queue.PAGES });

  const put = async (path, text, answer) => {
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    for (const name of ["Content-Security-Policy", "Referrer-Policy"]) headers[name] = answer.headers.get(name) ?? "";
    const cache = await caches.open(queue.PAGES);
    await cache.put(path, new Response(text, { headers }));
  };

  // The first page of all was not fetched by the worker: keep it as it was served.
  const keepThis = async () => {
    const { who, pages, method } = here();
    if (method !== "GET" || location.search || !pages.split(" ").includes(location.pathname)) return;
    if (await copyOf(location.pathname)) return;
    const there = await queue.ask(who);
    if (!there.ok || !(await there.text())) return; // read to its end, so that nothing stays open
    await put(location.pathname, `<!doctype html>${queue.asServed}`, there);
  };

  // One a day for each door: its clients change, and so does the last day that can be entered.
  const isGood = (text = "") => text.includes(`data-door="${here().door}"`) && text.includes(`data-day="${here().day}"`);
  const isStillOurs = () => localStorage.getItem(queue.NAME) === document.body.dataset.owner;

  const keepAhead = async () => {
    const { ahead, list } = here();
    if (location.pathname !== list || isGood(await (await copyOf(ahead))?.text())) return;
    const answer = await queue.ask(ahead, { headers: { Accept: "text/html", Purpose: "prefetch" } });
    const text = answer.ok ? await answer.text() : "";
    const isTypedIn = text.includes("data-dirty");
    if (isGood(text) && !isTypedIn && isStillOurs()) await put(ahead, text, answer);
  };

  const keep = async () => {
    await keepThis();
    await keepAhead();
  };

  // A copy of an earlier day proposes no date, and takes those since: the server has the last word.
  const age = () => {
    if (here().day === new Date().toLocaleDateString("sv")) return;
    for (const field of document.querySelectorAll("[type=date][max]")) {
      const isTyped = field.value !== field.defaultValue;
      field.removeAttribute("max");
      field.defaultValue = "";
      if (!isTyped) field.value = "";
    }
  };

  queue.pages = { keep, age };
})();
