// The queue of presses that the server has not answered yet, kept on this phone. Pages and the service worker share it.
// An entry: key (of the press, which makes it one act), owner and door (whose it is), action, fields, visits, at, state.
// Its state is «waiting» (to be sent) or «review» (the server answered that a person must look).
self.contreseing ??= (() => {
  "use strict";
  const NAME = "contreseing";
  const PAGES = "contreseing-pages";
  const PATIENCE = 20000;
  // What the server wrote: the first script of a page reads it, before any other changes it (outbox.js keeps it).
  const asServed = self.document?.documentElement.outerHTML;

  const opened = () =>
    new Promise((done, fail) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "key" });
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });

  // One transaction, durable when it resolves: either all of `act` is on the phone, or none of it.
  const stored = async (mode, act) => {
    const database = await opened();
    try {
      return await new Promise((done, fail) => {
        const transaction = database.transaction("entries", mode, { durability: "strict" });
        const request = act(transaction.objectStore("entries"));
        transaction.oncomplete = () => done(request?.result);
        transaction.onerror = transaction.onabort = () => fail(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  const entries = async () =>
    (await stored("readonly", (store) => store.getAll())).sort((one, other) => one.at - other.at);

  // Keep an entry in place of those that it replaces.
  const keep = (entry, replaced = []) =>
    stored("readwrite", (store) => {
      for (const key of replaced) store.delete(key);
      store.put(entry);
    });

  const drop = (...keys) =>
    stored("readwrite", (store) => {
      for (const key of keys) store.delete(key);
    });

  // Leave no trace of whoever used this phone: entries, pages, the worker, the name.
  const forget = async () => {
    localStorage.removeItem(NAME);
    sessionStorage.removeItem(NAME);
    const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
    const names = (await self.caches?.keys()) ?? [];
    await Promise.all([
      ...workers.map((worker) => worker.unregister()),
      ...names.filter((name) => name.startsWith(NAME)).map((name) => caches.delete(name)),
      new Promise((done) => {
        const request = indexedDB.deleteDatabase(NAME);
        request.onsuccess = request.onerror = request.onblocked = done;
      }),
    ]);
  };

  // Nobody signed in: the server sends to the sign-in page, which is not followed.
  const ask = (url, options = {}) =>
    fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });

  // Whoever is signed in here, with a fresh token: {owner, door, token}; null for nobody.
  const whoIsThere = async (url) => {
    const answer = await ask(url, { cache: "no-store" });
    if (answer.ok) return answer.json();
    if (answer.type === "opaqueredirect") return null;
    throw new Error(answer.status);
  };

  const post = (entry, token) => {
    const body = new URLSearchParams(entry.fields);
    body.set("key", entry.key);
    body.set("door", entry.door);
    return ask(entry.action, { method: "POST", body, headers: { "X-CSRFToken": token } });
  };

  // Send one entry; it leaves the queue only on the server's word.
  const send = async (entry, token, result) => {
    const answer = await post(entry, token);
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 409) return "signed-out";
    if (answer.status >= 500 || answer.status === 429) return "unreachable";
    const said = answer.ok ? await answer.json() : { answer: "review" };
    if (said.answer === "saved") {
      await drop(entry.key);
      result.saved.push({ key: entry.key, location: said.location });
    } else {
      await keep({ ...entry, state: "review" });
      result.review.push(entry.key);
    }
    return "sent";
  };

  // What waits for the person who is there, in the order in which it was entered; anybody else's stays where it is.
  const sendAll = async (who) => {
    const result = { state: "sent", saved: [], review: [], token: "" };
    const waiting = (await entries()).filter((entry) => entry.state === "waiting");
    if (!waiting.length) return result;
    try {
      const there = await whoIsThere(who);
      if (!there) return { ...result, state: "signed-out" };
      result.token = there.token;
      for (const entry of waiting) {
        if (entry.owner !== there.owner || entry.door !== there.door) continue;
        result.state = await send(entry, there.token, result);
        if (result.state !== "sent") break;
      }
    } catch {
      result.state = "unreachable";
    }
    return result;
  };

  // One sender at a time, among all tabs and the worker. Were there two, the key would still make it one act.
  const flush = (who) =>
    navigator.locks ? navigator.locks.request(NAME, () => sendAll(who)) : sendAll(who);

  return { NAME, PAGES, asServed, entries, keep, drop, forget, ask, whoIsThere, flush };
})();
