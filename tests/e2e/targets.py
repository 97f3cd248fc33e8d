"""How large a finger finds what it presses: 44 px each way, whatever the layout."""

from playwright.sync_api import Page

# A link in the middle of a sentence is as large as its line (WCAG 2.5.8, "inline"); a box to tick has its whole label.
SMALL = """
(() => {
  const targets = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  const inSentence = (one) => getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const small = [];
  for (const one of document.querySelectorAll(targets)) {
    if (!one.checkVisibility({ checkVisibilityCSS: true }) || one.matches(".skip-link") || inSentence(one)) continue;
    const box = (one.matches("[type=radio], [type=checkbox]") && one.closest("label") || one).getBoundingClientRect();
    if (Math.round(Math.min(box.width, box.height)) < 44)
      small.push(`${one.textContent.trim() || one.name}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
  }
  return small;
})()
"""


def small(page: Page) -> list[str]:
    """Return what can be pressed on a page and is smaller than 44 px, with its size."""
    found: list[str] = page.evaluate(SMALL)
    return found
