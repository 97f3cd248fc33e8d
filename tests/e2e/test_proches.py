"""Mes proches in a real browser: named, changed, ended, with JavaScript and without; the desk's page of a mandate."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product
from django.test import Client as Session
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interventions.models import MandateEntry, Proche, User
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(context: BrowserContext, user: User | None, url: str) -> Page:
    """Return a tab in which this person is signed in."""
    assert user is not None
    session = Session()
    session.force_login(user)
    name = product.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": url}])
    return context.new_page()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def tab(request: pytest.FixtureRequest, browser: Browser, live_server: Any, world: World) -> Iterator[Page]:
    """A tablet on which the client is signed in."""
    context = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 820, "height": 1180}, base_url=live_server.url
    )
    yield sign_in(context, world.client.user, live_server.url)
    context.close()


def test_a_proche_is_named_changed_and_ended(tab: Page) -> None:
    tab.goto("/client/")
    tab.get_by_role("link", name="Mes proches").click()
    tab.get_by_role("link", name="Désigner un proche").click()
    tab.get_by_role("button", name="Désigner cette personne").click()
    expect(tab.get_by_text("Indiquez le nom.").first).to_be_visible()
    tab.get_by_label("Prénom").fill("Paul")
    tab.get_by_label("Nom", exact=True).fill("Le Goff")
    tab.get_by_label("Adresse e-mail").fill("paul@personnes.example")
    tab.get_by_role("button", name="Désigner cette personne").click()
    expect(tab.get_by_text("Paul Le Goff peut agir pour vous.")).to_be_visible()
    card = tab.get_by_role("article", name="Paul Le Goff")
    card.get_by_role("link", name="Changer").click()
    tab.get_by_label("Peut valider les visites").uncheck()
    tab.get_by_role("button", name="Enregistrer").click()
    expect(card.get_by_text("ne peut pas valider")).to_be_visible()
    card.get_by_role("link", name="Changer").click()
    tab.get_by_role("button", name="Retirer le mandat").click()
    expect(tab.get_by_text("Paul Le Goff ne peut plus agir pour vous.")).to_be_visible()
    steps = MandateEntry.objects.order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["named", "changed", "ended"]
    assert Proche.objects.get(first_name="Paul").ended_at is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(live_server: Any, browser: Browser, world: World, scheme: Any, width: int) -> None:
    pages = {
        world.client.user: ["client:proches", "client:proche-new", "client:proche"],
        world.proche.user: ["client:proches"],
        world.gestionnaire.user: ["gestion:client", "gestion:proche-new", "gestion:proche"],
    }
    ids: dict[str, Any] = {"client:proche": world.proche, "gestion:proche": world.proche}
    ids |= dict.fromkeys(["gestion:client", "gestion:proche-new"], world.client)
    for user, names in pages.items():
        context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 844})
        page = sign_in(context, user, live_server.url)
        for name in names:
            args = [ids[name].public_id] if name in ids else []
            page.goto(live_server.url + reverse(name, args=args))
            found = Axe().run(page)
            assert found.violations_count == 0, (name, found.generate_report())
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0, name
        context.close()
