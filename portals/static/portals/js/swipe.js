// A swipe across [data-swipe] goes to the previous or next dates, as the arrows above it do.
(() => {
  "use strict";
  if (document.documentElement.dataset.swipes) return;
  document.documentElement.dataset.swipes = "on";

  const FAR = 60;
  let from = null;

  document.addEventListener("touchstart", ({ target, touches }) => {
    const inside = touches.length === 1 && target.closest("[data-swipe]");
    from = inside ? { x: touches[0].clientX, y: touches[0].clientY } : null;
  }, { passive: true });

  document.addEventListener("touchend", ({ target, changedTouches }) => {
    if (!from) return;
    const across = changedTouches[0].clientX - from.x;
    const along = changedTouches[0].clientY - from.y;
    from = null;
    // Scrolling, and a finger that only slipped, go nowhere.
    if (Math.abs(across) < FAR || Math.abs(along) > Math.abs(across) / 2) return;
    target.closest("[data-swipe]").querySelector(`a[rel="${across > 0 ? "prev" : "next"}"]`)?.click();
  }, { passive: true });
})();
