// The service worker of the intervenants' portal: pages seen last, for when there is no network; and the queue.
// self.phone comes from the server (portals.intervenant.offline): assets, pages, list, who.
(() => {
  "use strict";
  const { PAGES, flush } = self.contreseing;
  const { assets, pages, list, who } = self.phone;
  const ASSETS = "contreseing-assets";
  const PATIENCE = 8000;
  const MARK = /data-seen(="")? hidden(="")?/;

  self.addEventListener("install", (event) => {
    const fill = caches.open(ASSETS).then((cache) => cache.addAll(assets));
    event.waitUntil(fill.then(() => self.skipWaiting()));
  });

  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

  // Assets of a former version go when the page that named them does.
  const tidy = async () => {
    const cache = await caches.open(ASSETS);
    for (const request of await cache.keys()) {
      if (!assets.includes(new URL(request.url).pathname)) await cache.delete(request);
    }
  };

  // A page of somebody signed in is kept; being sent to the sign-in page means that nobody is, and nothing is kept.
  const remember = async (path, answer) => {
    if (answer.type === "opaqueredirect") return caches.delete(PAGES);
    const isPage = answer.ok && answer.headers.get("Content-Type")?.startsWith("text/html");
    if (!isPage) return;
    const cache = await caches.open(PAGES);
    await cache.put(path, answer);
    await tidy();
  };

  // The page as it was seen, saying so itself: its hidden notice has the day and the hour of when it was made.
  const seen = async (path) => {
    const answer = await caches.match(path, { cacheName: PAGES });
    if (!answer) return undefined;
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
    return new Response((await answer.text()).replace(MARK, "data-seen"), { headers });
  };

  const soon = (promise) =>
    Promise.race([promise, new Promise((done, fail) => setTimeout(fail, PATIENCE, new Error("slow")))]);

  const navigated = async (event, url) => {
    const isKept = pages.includes(url.pathname) && !url.search;
    const coming = fetch(event.request);
    if (isKept) {
      const kept = coming.then((answer) => remember(url.pathname, answer.clone()));
      event.waitUntil(kept.catch(() => undefined));
    }
    try {
      return await ((await caches.match(url.pathname, { cacheName: PAGES })) ? soon(coming) : coming);
    } catch (problem) {
      const page = await seen(url.pathname);
      if (page) return page;
      if (url.pathname !== list && (await caches.match(list, { cacheName: PAGES }))) return Response.redirect(list);
      throw problem;
    }
  };

  const fetched = (request) =>
    fetch(request).catch(async (problem) => {
      const kept = await caches.match(request, { cacheName: ASSETS });
      if (kept) return kept;
      throw problem;
    });

  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
    if (event.request.mode === "navigate") event.respondWith(navigated(event, url));
    else if (assets.includes(url.pathname)) event.respondWith(fetched(event.request));
  });

  // The network is back and perhaps no page is open: send, then see the list anew, since it has changed.
  const sync = async () => {
    const result = await flush(who);
    if (result.state === "unreachable") throw new Error(result.state);
    const windows = await self.clients.matchAll({ type: "window" });
    for (const each of windows) each.postMessage(result);
    if (!windows.length && result.saved.length) await remember(list, await fetch(list, { redirect: "manual" }));
  };

  self.addEventListener("sync", (event) => {
    if (event.tag === self.contreseing.NAME) event.waitUntil(sync());
  });
})();
