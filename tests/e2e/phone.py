"""The intervenant's phone for tests: signed in, with a service worker, its network taken away and given back."""

from contextlib import suppress
from typing import Any

from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import BrowserContext, Error, Page

from interventions.models import Intervenant, Intervention

LIST = "/intervenant/interventions/"
REPORT = "/intervenant/interventions/nouvelle/"
VALIDER = "/intervenant/validations/"
READY = "() => navigator.serviceWorker.ready.then((found) => found.active.state === 'activated')"
KEPT = "contreseing-pages"


def sign_in(context: BrowserContext, url: str, intervenant: Intervenant) -> None:
    """Give the phone a session of that person, in place of the one it has."""
    session = Client()
    assert intervenant.user is not None
    session.force_login(intervenant.user)
    name = configured.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": url}])


def until(page: Page, promise: str) -> None:
    """Wait until what a promise brings is true, ten seconds at most."""
    for _attempt in range(100):
        with suppress(Error):  # the page is just being read again
            if page.evaluate(promise):
                return
        page.wait_for_timeout(100)
    raise AssertionError(promise)


def open_list(context: BrowserContext, url: str) -> Page:
    """Open Mes interventions, and wait until it would open without a network."""
    page = context.new_page()
    page.goto(f"{url}{LIST}")
    until(page, READY)
    until(page, is_kept(LIST))
    return page


def is_kept(path: str, words: str = "") -> str:
    """Return what brings whether a page would open without a network, and says these words."""
    said = f"answer.text().then((text) => text.includes('{words}'))"
    return f"() => caches.match('{path}', {{ cacheName: '{KEPT}' }}).then((answer) => Boolean(answer) && {said})"


def enter(page: Page, visit: Intervention, etat: str = "Réalisé", **fields: str) -> None:
    """Set a visit's state, and its fields by their labels."""
    card = page.locator(f"#visite-{visit.public_id}")
    if fields:
        card.get_by_text("Modifier").click()
    for label, value in fields.items():
        card.get_by_label(label).fill(value)
    card.get_by_text(etat, exact=True).click()


def valider(page: Page) -> None:
    """Press Valider."""
    page.locator("button[name=valider]").click()


def traces(page: Page) -> dict[str, Any]:
    """Return what the phone keeps of anybody: pages, entries, a name, workers."""
    return dict(
        page.evaluate(
            """async () => ({
              pages: (await (await caches.open("contreseing-pages")).keys()).length,
              entries: await new Promise((done) => {
                const request = indexedDB.open("contreseing");
                request.onsuccess = () => {
                  const names = [...request.result.objectStoreNames];
                  if (!names.length) return done(0);
                  const count = request.result.transaction("entries").objectStore("entries").count();
                  count.onsuccess = () => done(count.result);
                };
              }),
              owner: localStorage.getItem("contreseing"),
              workers: (await navigator.serviceWorker.getRegistrations()).length,
            })"""
        )
    )
