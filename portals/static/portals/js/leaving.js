// On the pages of the account: say what waits on this phone, and leave no trace on signing out.
(() => {
  "use strict";
  const queue = self.contreseing;
  if (!self.indexedDB || !queue) return;

  // A notice with data-waiting says how many visits wait; the words come from the page.
  const tell = async (notice) => {
    const kept = await queue.entries();
    const n = kept.reduce((sum, { visits }) => sum + visits.length, 0);
    const words = notice.querySelector("[data-one]");
    words.textContent = words.dataset[n === 1 ? "one" : "other"].replace("{n}", n);
    return n;
  };

  for (const notice of document.querySelectorAll("[data-waiting]")) {
    tell(notice).then((n) => (notice.hidden = !n));
  }

  // A form[data-leaving] asks once if something has not been sent; then everything goes, and the server is told.
  const leave = async (form) => {
    const notice = form.querySelector("[data-unsent]");
    if (notice?.hidden && (await tell(notice))) {
      notice.hidden = false;
      return notice.focus();
    }
    await queue.forget();
    form.submit();
  };

  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches("form[data-leaving]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leave(event.target).catch(() => event.target.submit());
    },
    true,
  );
})();
